#!/usr/bin/env python3
"""Writes the files of this folder and manifest.tsv, the same bytes every time: each is one valid base with one fault.

Own-made; names and numbers are invented. The committed files are what the tests read (tests/cli/test_badinputs.sh); this
program is only needed to change them: python3 tests/badinputs/make_badinputs.py

manifest.tsv: file, what must happen (accept | warn | error), lines that the messages must name (a|b is a or b, ; is
and), words they must hold (an extended regular expression), why.
"""
import os, random, sqlite3

os.chdir(os.path.dirname(os.path.abspath(__file__)))
rows = []


def put(name, data, expected, why, words="", line=""):
    data = data.encode() if isinstance(data, str) else data
    open(name, "wb").write(data)
    rows.append((name, expected, str(line), words, why))


# ---- protocols
P = """islet: 1
title: Own made two-arm trial
seed: 42
population:
  of: t1d_adult
  n: 100
  require:
    age_year: [18, 65]
    bmi_kg_m2: [18.5, 30]
    hba1c_pct: [7.0, 10.0]
    fasting_glucose_mg_dl: [110, 250]
arms:
  - name: treated
    cells:
      - product: donor_islets
        dose_ieq_per_kg: 10000
        fraction: 0.5
        day: 0
      - product: donor_islets
        dose_ieq_per_kg: 10000
        fraction: 0.5
        day: 180
    immunosuppression: edmonton_sirolimus_tacrolimus
  - name: control
care:
  insulin: basal_bolus
  wean: trial_protocol
follow_up:
  days: 1825
  dropout_probability_per_year: 0.03
  visits_day: [7, 14, 28, 56, 180, 365, 730, 1825]
endpoints: [insulin_independent, hba1c_pct, death]
"""
FIRST_COURSE = "        fraction: 0.5\n        day: 0\n"


def y(name, text, why, words="", line="", expected="error"):
    put("yaml_" + name + ".yaml", text, expected, why, words, line)


def sub(old, new):
    assert P.count(old) == 1, old
    return P.replace(old, new)


def change(name, old, new, why, words="", line=None, expected="error"):
    """One replacement; the line that must be named is that of the replacement unless given."""
    at = P[: P.index(old)].count("\n") + 1 + (new.count("\n", 0, len(new) - len(new.lstrip("\n"))))
    y(name, sub(old, new), why, words, at if line is None else line, expected)


put("control_protocol.yaml", P, "accept", "the base itself")
put("control_crlf.yaml", P.replace("\n", "\r\n"), "accept", "line ends of Windows")
put("control_no_last_newline.yaml", P.rstrip("\n"), "accept", "no line end at the end")
put("control_flow_style.yaml",
    "{islet: 1, title: 'In one line', population: {of: t1d_adult, n: 5}, arms: [{name: a}], follow_up: {years: 1}}\n",
    "accept", "everything in one line, defaults for the rest")
put("control_other_units.yaml", sub("hba1c_pct: [7.0, 10.0]", "hba1c_mmol_mol: [53, 86]").replace(
    "fasting_glucose_mg_dl: [110, 250]", "fasting_glucose_mmol_l: [6.1, 13.9]"), "accept", "the other units under their own keys")

bomb = "".join(f"b{i}: &b{i} [{', '.join(['*b%d' % (i - 1)] * 9)}]\n" for i in range(1, 10))
y("alias_bomb", P + "b0: &b0 [x, x, x, x, x, x, x, x, x]\n" + bomb, "nine levels of nine aliases: 3.5 billion values from 500 bytes", "alias|limit", 33)
y("alias_to_itself", P + "x: &x [*x]\n", "a list that holds itself", "alias", 33)
change("undefined_alias", "of: t1d_adult", "of: *nowhere", "an alias without an anchor", "alias.*nowhere")
change("merge_key", "  - name: control\n", "  - <<: {name: control}\n", "merge keys are not supported: say so", "merge")
change("tab_indent", "  days: 1825", "\tdays: 1825", "a tab as indentation", "tab")
change("nbsp_indent", "  days: 1825", "\u00a0\u00a0days: 1825", "non-breaking spaces as indentation, as copied from a web page: name them", r"U\+00A0")
y("duplicate_key_dose", sub(FIRST_COURSE, "        dose_ieq_per_kg: 1000\n" + FIRST_COURSE), "the dose twice with different values", "dose_ieq_per_kg", 17)
change("duplicate_arm_name", "  - name: control", "  - name: treated", "two arms of one name", "treated")
change("unknown_key_misspelt", "immunosuppression:", "immunosupression:", "a misspelt key must not be passed over (the arm would run unprotected): suggest the right one", "immunosuppression")
change("missing_required_key", "  of: t1d_adult\n", "", "no population named", "'of'", "")
change("wrong_type_n_word", "n: 100", "n: many", "n is a word", "many")
change("wrong_type_n_fraction", "n: 100", "n: 100.5", "half a patient", "100.5")
change("wrong_type_n_quoted", "n: 100", 'n: "100"', "a number in quotes is text", "quotes")
change("wrong_type_list_for_number", "days: 1825", "days: [1825]", "a list where a number is due", "days.*list")
y("wrong_type_arms_mapping", P[: P.index("arms:")] + "arms:\n  treated: 1\n" + P[P.index("care:"):], "arms must be a list", "arms", "12|13")
change("value_missing", "n: 100", "n:", "a key without a value", "nothing")
change("n_zero", "n: 100", "n: 0", "no patients", "'n'")
change("n_negative", "n: 100", "n: -100", "minus 100 patients; as unsigned it would be 4 billion", "'n'")
change("n_too_large", "n: 100", "n: 99999999999", "n beyond the stated limit: refuse before allocating", "10000000")
change("n_leading_zero_octal", "n: 100", "n: 0100", "0100 is 64 to some YAML readers and 100 to others", "0100")
change("n_underscore", "n: 100", "n: 1_00", "1_00 is 100 to some YAML readers and text to others", "1_00")
change("n_hexadecimal", "n: 100", "n: 0x64", "hexadecimal", "0x64")
change("n_plus", "n: 100", "n: +100", "a plus sign", "plus")
change("n_thousands", "n: 100", "n: 1,000", "a comma between thousands", "1,000")
change("n_exponent", "n: 100", "n: 1e2", "a whole number is written with digits", "1e2")
change("sexagesimal_day", "day: 180\n", "day: 3:00\n", "3:00 is 180 to some YAML readers and text to others", "3:00")
change("boolean_for_text", "immunosuppression: edmonton_sirolimus_tacrolimus", "immunosuppression: no", "no is false to some YAML readers: ask for none in words", "none")
change("boolean_for_title", "title: Own made two-arm trial", "title: yes", "yes is true to some YAML readers", "quotes")


def dose(name, new, why, words, expected="error"):
    old = "        dose_ieq_per_kg: 10000\n" + FIRST_COURSE
    y(name, sub(old, old.replace("dose_ieq_per_kg: 10000", new)), why, words, 16, expected)


dose("dose_negative", "dose_ieq_per_kg: -10000", "negative dose", "dose_ieq_per_kg")
dose("dose_out_of_range", "dose_ieq_per_kg: 1e12", "a million times any dose given to a person", "dose_ieq_per_kg")
dose("dose_overflow", "dose_ieq_per_kg: 1e999", "beyond the largest number", "dose_ieq_per_kg")
dose("dose_nan", "dose_ieq_per_kg: .nan", "dose not a number: range checks written the wrong way round let it through", "dose_ieq_per_kg")
dose("dose_inf", "dose_ieq_per_kg: .inf", "infinite dose", "dose_ieq_per_kg")
dose("dose_without_unit", "dose: 10000", "a dose whose unit is not in the key: islet equivalents, cells and per kg cannot be told apart", "unit")
dose("dose_with_unit_text", "dose_ieq_per_kg: 10000 cells", "the value carries another unit than the key", "10000 cells.*unit")
dose("dose_twice", "dose_ieq_per_kg: 10000\n        dose_cells: 8e8", "two doses in two units", "twice")
dose("dose_zero", "dose_ieq_per_kg: 0", "a dose of 0 runs, but is said to be a control", "control", "warn")
y("dose_missing", sub("        dose_ieq_per_kg: 10000\n" + FIRST_COURSE, FIRST_COURSE), "no dose at all", "no dose", 15)
y("dose_comma_decimal", sub(FIRST_COURSE, FIRST_COURSE.replace("0.5", "0,5")), "0,5 with a comma is text", "0,5", 17)
change("negative_day", "day: 180\n", "day: -180\n", "cells before day 0", "day")
change("courses_out_of_order", "day: 180\n", "day: 0\n", "two courses on day 0", "day")
change("course_after_follow_up", "day: 180\n", "day: 3000\n", "cells after the end of follow-up would never be given", "3000")
y("fractions_do_not_sum", P.replace("fraction: 0.5", "fraction: 0.8"), "fractions add up to 1.6", r"fraction.*1\.6", 15)
y("fraction_for_one", sub(FIRST_COURSE, "        day: 0\n"), "one course has a fraction and one has none", "fraction", 15)
change("no_immunosuppression", "    immunosuppression: edmonton_sirolimus_tacrolimus\n", "", "cells of a donor and no word on drugs: runs, but is said", "immunosuppression", 13, "warn")
change("stop_before_start", "immunosuppression: edmonton_sirolimus_tacrolimus", "immunosuppression: {regimen: edmonton_sirolimus_tacrolimus, start_day: 90, stop_day: 30}", "drugs stop before they start", "stop_day")
change("stop_after_end", "immunosuppression: edmonton_sirolimus_tacrolimus", "immunosuppression: {regimen: edmonton_sirolimus_tacrolimus, stop_day: 4000}", "drugs stop after the end", "4000")
change("visits_not_increasing", "[7, 14, 28,", "[7, 28, 14,", "visits out of order", "visits_day")
change("visit_after_end", "730, 1825]", "730, 4000]", "a visit after the end", "4000")
change("visits_empty", "[7, 14, 28, 56, 180, 365, 730, 1825]", "[]", "no visits", "visits_day")
change("range_reversed", "age_year: [18, 65]", "age_year: [65, 18]", "upper below lower", "age_year")
change("range_three_values", "age_year: [18, 65]", "age_year: [18, 40, 65]", "a range has two ends", "age_year")
change("range_single_number", "age_year: [18, 65]", "age_year: 18", "at least, at most or exactly?", "age_year")
change("require_nan", "age_year: [18, 65]", 'age_year: ">= .nan"', "a limit that is no number", "age_year")
change("comparison_sign", "age_year: [18, 65]", 'age_year: "=> 18"', "a sign the wrong way round", "age_year")
change("age_in_months", "age_year: [18, 65]", "age_year: [216, 780]", "780 years: months were meant", "months")
change("hba1c_in_mmol_per_mol", "hba1c_pct: [7.0, 10.0]", "hba1c_pct: [53, 86]", "53 to 86 is mmol/mol, not percent: say so", "mmol/mol")
change("glucose_in_mmoll", "fasting_glucose_mg_dl: [110, 250]", "fasting_glucose_mg_dl: [6.1, 13.9]", "6.1 to 13.9 is mmol/L: say so", "mmol/L")
change("bmi_out_of_range", "bmi_kg_m2: [18.5, 30]", "bmi_kg_m2: [18.5, 300]", "body mass index 300", "bmi_kg_m2")
y("require_in_two_units", sub("    hba1c_pct: [7.0, 10.0]\n", "    hba1c_pct: [7.0, 10.0]\n    hba1c_mmol_mol: [53, 86]\n"), "the same requirement in two units", "hba1c_mmol_mol", 11)
change("unknown_trait", "age_year: [18, 65]", "age_years: [18, 65]", "a trait that does not exist: suggest the right one", "age_year")
change("unknown_population", "of: t1d_adult", "of: t1d_adults", "no such population: suggest one", "t1d_adult'")
change("population_name_too_long", "of: t1d_adult", "of: " + "t1d_" * 50, "longer than any name has room", "'of'|population")
y("unknown_product", P.replace("donor_islets", "donor_islet"), "no such product: suggest one", "donor_islets", "15;19")
change("unknown_regimen", "edmonton_sirolimus_tacrolimus", "edmonton", "no such regimen: suggest one", "edmonton_sirolimus_tacrolimus")
change("unknown_endpoint", "hba1c_pct, death]", "hba1c, death]", "no such end point: suggest one", "hba1c_pct")
change("endpoint_twice", "hba1c_pct, death]", "death, death]", "an end point twice", "death")
change("unknown_care", "insulin: basal_bolus", "insulin: pump", "no such care", "basal_bolus")
change("probability_percent", "dropout_probability_per_year: 0.03", "dropout_probability_per_year: 3", "a probability of 3: percent was meant", "percent")
change("follow_up_twice", "  days: 1825", "  days: 1825\n  years: 5", "years and days", "years", 29)
change("follow_up_too_long", "days: 1825", "years: 100", "a hundred years", "years")
change("seed_negative", "seed: 42", "seed: -1", "seed must be 0 to 2^64-1", "seed")
change("seed_beyond_64_bit", "seed: 42", "seed: 18446744073709551616", "2^64 must not wrap to 0", "seed")
change("seed_float", "seed: 42", "seed: 4.2e1", "a seed through a double would lose digits above 2^53", "seed")
change("format_from_future", "islet: 1\n", "islet: 999\n", "a newer format than this program knows", "999")
change("format_missing", "islet: 1\n", "", "which kind of file?", "islet: 1")
y("empty", "", "zero bytes", "empty")
y("only_comments", "# nothing here\n# nor here\n", "no content", "empty")
y("two_documents", P + "---\n" + P, "two documents: which one runs?", "document", 33)
y("top_level_list", "- islet: 1\n", "a list at the top", "list", 1)
y("top_level_scalar", "islet\n", "a word at the top", "mapping", 1)
change("custom_tag", "title: Own made two-arm trial", "title: !!python/object/apply:os.system [id]", "a tag that asks other readers to run code", "tag")
change("binary_tag", "title: Own made two-arm trial", "title: !!binary AAECAw==", "binary value", "tag")
y("directive", "%YAML 1.1\n---\n" + P, "a directive", "directive", 1)
y("deep_flow", P + "x: " + "[" * 200 + "]" * 200 + "\n", "200 nested lists: depth limit", "depth|nest", 33)
y("deep_block", P + "x:\n" + "".join(" " * i + "- \n" for i in range(1, 100)), "99 nested blocks: depth limit", "depth|nest")
y("invalid_utf8", P.encode().replace(b"Own made", b"Own \xff made"), "invalid UTF-8", "UTF-8", 2)
y("overlong_utf8", P.encode().replace(b"Own made", b"Own \xc0\xaf made"), "an overlong form", "UTF-8", 2)
y("utf16", P.encode("utf-16"), "UTF-16: say so", "UTF-16")
y("utf16_no_mark", P.encode("utf-16-le"), "UTF-16 without a mark: say so", "UTF-16")
y("nul_byte", P.encode().replace(b"Own made", b"Own\0made"), "a zero byte", "U.0000", 2)
change("control_character", "Own made", "Own\x01made", "a control character", "control|character")
change("escape_sequence", "Own made", "Own\x1b[2Jmade", "an escape sequence that would clear the screen", "control|character")
change("direction_override", "Own made", "Own\u202emade", "text that would read the other way round", "U.202E")
change("unclosed_bracket", "age_year: [18, 65]", "age_year: [18, 65", "a bracket that never closes", "close")
change("unclosed_quote", "title: Own made two-arm trial", 'title: "Own made two-arm trial', "a quote that never closes", "quote")
change("bad_indent", "    immunosuppression: edmonton_sirolimus_tacrolimus", "   immunosuppression: edmonton_sirolimus_tacrolimus", "one key is indented like nothing else", "indentation")
y("outdented_key", sub(FIRST_COURSE, "        fraction: 0.5\n    day: 0\n"), "a key slipped out of its course: unknown in the arm, missing in the course", "day")
for what, path in (("path_traversal", "../../../../etc/passwd"), ("absolute", "/dev/zero"), ("url", "http://169.254.169.254/latest"), ("missing", "absent.yaml")):
    y("product_file_" + what, P.replace("product: donor_islets", "product: " + path), "a product file that must not or cannot be read", "product", 15)
change("population_file_traversal", "of: t1d_adult", "of: a/../../secret.yaml", "a population file outside the protocol's folder", "'of'")
change("newline_in_arm_name", "  - name: control", '  - name: "con\\ntrol,=1+1"', "a line break in an arm name would break rows", "name")
y("bom", b"\xef\xbb\xbf" + P.encode(), "byte order mark: skip it", "byte order mark", 1, "warn")
y("many_errors", P.replace("n: 100", "n: many").replace("days: 1825", "days: x").replace("seed: 42", "seed: x").replace("name: control", "nam: control"),
  "four errors in one file: all of them at once", "nam", "3;6;24;29")

# ---- products, regimens, populations
def data(path):
    return open("../../data/" + path).read()


product, regimen, population = data("products/donor_islets.yaml"), data("regimens/glucocorticoid_free.yaml"), data("populations/t1d_adult.yaml")


def other(kind, base, name, old, new, why, words, expected="error"):
    assert old in base, old
    put(f"{kind}_{name}.yaml", base.replace(old, new, 1), expected, why, words, base[: base.index(old)].count("\n") + 1)


other("product", product, "unit", "unit: cells", "unit: percent", "another unit than the list's", "percent")
other("product", product, "value_out_of_range", "value: 1140", "value: 11400", "more than the cells of an islet equivalent", "beta_cells_per_ieq")
other("product", product, "value_outside_own_range", "value: 1140", "value: 1200", "a value outside its own range", "range")
other("product", product, "standing", "standing: measured", "standing: guessed", "a standing that is none", "measured")
other("product", product, "no_source", 'source: "33', 'sorce: "33', "a number without a source", "source")
other("product", product, "route", "route: portal_vein", "route: portal", "a route that is none: suggest one", "portal_vein")
other("regimen", regimen, "unknown_value", "washout_day", "washout_days", "a value that is none: suggest the right one", "washout_day'")
other("population", population, "sd_without_kind", "kind: normal, ", "", "a spread of no kind", "kind")
other("population", population, "bounds", "low: 18, high", "low: 70, high", "low above high", "low")
other("population", population, "share", "female_frac: {mean: 0.5", "female_frac: {mean: 50", "50 where a share is due", "female_frac")

# ---- result stores; small pages keep them small, and what is refused is refused before the schema matters
rnd = random.Random(1)


def db(script):
    if os.path.exists("tmp_make.db"):
        os.remove("tmp_make.db")
    c = sqlite3.connect("tmp_make.db")
    c.executescript("PRAGMA page_size=512;" + script)
    c.close()
    b = open("tmp_make.db", "rb").read()
    os.remove("tmp_make.db")
    return b


ID = "PRAGMA application_id=1769172084; PRAGMA user_version=%d;"
ok = db(ID % 1 + "CREATE TABLE run(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO run VALUES(1,'a');")
put("store_truncated.islet", ok[:700], "error", "a store cut in a page: say that it is damaged", "damaged|malformed|corrupt")
put("store_zero_length.islet", b"", "error", "an empty file: not to be filled in silently", "empty|not a")
put("store_not_sqlite.islet", bytes(rnd.randrange(256) for _ in range(512)), "error", "random bytes", "not a")
broken = bytearray(ok)
broken[512 + 8 : 512 + 40] = bytes(rnd.randrange(256) for _ in range(32))
put("store_page_overwritten.islet", bytes(broken), "error", "32 bytes of a page overwritten", "damaged|malformed|corrupt")
put("store_other_application.islet", db("PRAGMA application_id=42; CREATE TABLE moz_places(id INTEGER);"), "error", "another program's file", "not an islet")
put("store_future_version.islet", db(ID % 9999 + "CREATE TABLE run(id INTEGER);"), "error", "written by a newer islet", "newer|version")
put("store_view_in_place_of_table.islet",
    db(ID % 1 + "CREATE VIEW run AS WITH RECURSIVE r(id) AS (SELECT 1 UNION ALL SELECT id+1 FROM r) SELECT id FROM r;"),
    "error", "run is an endless view: check the schema, or a count never returns", "schema|view")

with open("manifest.tsv", "w") as f:
    for row in rows:
        assert not any("\t" in cell or "\n" in cell for cell in row)
        f.write("\t".join(row) + "\n")
