/* Schema of the result store; the text is schema.sql. */
#ifndef ISLET_STORE_SCHEMA_H
#define ISLET_STORE_SCHEMA_H

#define STORE_APPLICATION_ID 0x69736c74 /* "islt" at byte 68 of the file */
#define STORE_VERSION 5                 /* user_version; a store of another version is refused. test_store.c knows its schema */

/* Statements that make the schema, with a column in `visit` for each end point. The caller frees; NULL when out of
 * memory. */
char *schema_text(void);

#endif
