/* Words for people in place of the names that files and programs use; JSON and CSV keep the names. */
#ifndef ISLET_CLI_WORDS_H
#define ISLET_CLI_WORDS_H

#define WORDS_ROOM 80

/* "severe_hypo_any" => "severe hypoglycaemia"; a name without words of its own gets blanks for its underscores. */
void words_of(const char *name, char out[WORDS_ROOM]);

/* The same with the unit behind, where there is one to say: "HbA1c, %". */
void words_with_unit(const char *name, const char *unit, char out[WORDS_ROOM]);

#endif
