#!/usr/bin/env python3
"""Writes the files of this folder and manifest.tsv, the same bytes every time: each is one valid base with one fault.

Own-made; names and numbers are invented. The committed files are what the tests read (tests/cli/test_badinputs.sh); this
program is only needed to change them: python3 tests/badinputs/make_badinputs.py

manifest.tsv: file, what must happen (accept | warn | error), lines that the messages must name (a|b is a or b, ; is
and), words they must hold (an extended regular expression), why.
"""
import os, random, re, sqlite3

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


put("product_breaks_off.yaml", "islet_product: 1\ncriteria:\n  - {id: age, kind: needs}\n  - {id: sex", "error",
    "the file breaks off in a list of criteria, the first of which is about nothing", "does not end", 4)
other("product", product, "unit", "unit: cells", "unit: percent", "another unit than the list's", "percent")
other("product", product, "value_out_of_range", "value: 1140", "value: 11400", "more than the cells of an islet equivalent", "beta_cells_per_ieq")
other("product", product, "value_outside_own_range", "value: 1140", "value: 1200", "a value outside its own range", "range")
other("product", product, "standing", "standing: measured", "standing: guessed", "a standing that is none", "measured")
other("product", product, "no_source", 'source: "33', 'sorce: "33', "a number without a source", "source")
other("product", product, "route", "route: portal_vein", "route: portal", "a route that is none: suggest one", "portal_vein")
other("regimen", regimen, "unknown_value", "washout_day", "washout_days", "a value that is none: suggest the right one", "washout_day'")
other("population", population, "sd_without_kind", "kind: normal, ", "", "a spread of no kind", "kind")
other("population", population, "bounds", "low: 18, high", "low: 70, high", "low above high", "low")
other("population", population, "share", "female_frac: {mean: 0.6", "female_frac: {mean: 50", "50 where a share is due", "female_frac")

# ---- evidence rows and studies; one base each
H = "trial_id,cohort_group,arm,protocol,endpoint,unit,day,n,value,sd,se,ci_low,ci_high,events,role,arm_role,part_of,n_arm,note"
E = H + """
OWN1,own1,cells,,hba1c_pct,%,0,24,8.1,0.9,,,,,validate,treatment,,24,baseline
OWN1,own1,cells,,hba1c_pct,%,365,22,7.2,0.8,,,,,validate,treatment,,24,
OWN1,own1,cells,,death,fraction,365,24,,,,,,1,validate,treatment,,24,
OWN1,own1,control,,hba1c_pct,%,365,21,8.0,1.0,,,,,validate,control,,23,
OWN1,own1,responders,,hba1c_pct,%,365,9,6.9,,,6.5,7.3,,validate,treatment,cells,9,
OWN2,own2,islets,,c_peptide_stimulated_nmol_l,nmol/L,90,12,0.42,,0.05,,,,calibrate,single,,12,
OWN2,own2,islets,,insulin_independent,fraction,365,12,,,,,,8,calibrate,single,,12,
"""


def e(name, old, new, why, words, line=None, expected="error"):
    assert E.count(old) == 1, old
    put("rows_" + name + ".csv", E.replace(old, new), expected, why, words, E[: E.index(old)].count("\n") + 1 if line is None else line)


put("control_rows.csv", E, "accept", "the base itself")
put("control_rows_crlf_tabs.csv", E.replace(",", "\t").replace("\n", "\r\n"), "accept", "tabs, line ends of Windows")
put("control_rows_bom_quotes.csv", "\ufeff" + E.replace("baseline", '"base, ""line"""'), "accept", "a byte order mark, quotes in a cell")
put("control_rows_other_units.csv", E.replace("hba1c_pct,%,0,24,8.1,0.9", "hba1c_pct,mmol/mol,0,24,65,9.8").replace("nmol/L,90,12,0.42,,0.05", "ng/mL,90,12,1.27,,0.15"),
    "accept", "units that are converted")
put("control_rows_nothing_optional.csv", "\n".join(",".join(r.split(",")[:15]) for r in E.split("\n") if "responders" not in r), "accept", "the columns that must be there, no others")
e("unknown_unit", "hba1c_pct,%,0,24", "hba1c_pct,mg/dL,0,24", "a unit that is none of HbA1c", "unit 'mg/dL'")
e("no_unit", "hba1c_pct,%,0,24", "hba1c_pct,,0,24", "8.1 could be per cent or mmol/L of something else: refused", "unit ''")
e("unit_slip", "hba1c_pct,%,0,24,8.1", "hba1c_pct,%,0,24,65", "mmol/mol in a column of per cent", "look at the unit")
e("fraction_as_percent", "insulin_independent,fraction,365,12,,,,,,8", "insulin_independent,fraction,365,12,67,,,,,", "67 where a fraction is due", "look at the unit")
e("events_above_n", "365,24,,,,,,1,", "365,24,,,,,,25,", "more events than people", "events is '25'")
e("events_fraction", "365,24,,,,,,1,", "365,24,,,,,,0.5,", "half an event", "events is '0.5'")
e("events_negative", "365,24,,,,,,1,", "365,24,,,,,,-1,", "less than nobody", "events is '-1'")
e("events_of_a_mean", "365,21,8.0,1.0,,,,,", "365,21,8.0,1.0,,,,3,", "events where a mean is due", "is a mean")
e("no_denominator", "death,fraction,365,24,", "death,fraction,365,,", "events of nobody knows how many", "n is empty")
e("n_zero", "365,22,7.2", "365,0,7.2", "a mean of nobody", "n is '0'")
e("n_above_arm", "365,21,8.0", "365,24,8.0", "more people than the arm has", "in an arm of 23")
e("parts_above_arm", "treatment,cells,9,", "treatment,cells,25,", "a part larger than its arm", "25 people, the arm 24")
e("part_of_nothing", "treatment,cells,9,", "treatment,cell,9,", "a part of an arm that is not there", "part_of is 'cell'")
e("fact_twice", "hba1c_pct,%,365,21,8.0,1.0,,,,,validate,control,,23,", "hba1c_pct,%,365,21,8.0,1.0,,,,,validate,control,,23,\nOWN1,own1,control,,hba1c_pct,%,365,21,8.0,1.0,,,,,validate,control,,23,",
  "one fact in two rows", "stands in line 5 too", 6)
e("arm_twice", "hba1c_pct,%,365,22,7.2,0.8,,,,,validate,treatment,,24", "hba1c_pct,%,365,22,7.2,0.8,,,,,validate,control,,24", "two arms of one name", "arm_role of arm 'cells'")
e("both_sides", "0.05,,,,calibrate", "0.05,,,,validate", "one cohort calibrates and validates", "one side of the split", 8)
e("interval_outside", "6.9,,,6.5,7.3", "6.9,,,7.0,7.3", "an interval beside its value", "ci_low is '7.0'")
e("interval_half", "6.9,,,6.5,7.3", "6.9,,,6.5,", "one end of an interval", "ci_high is empty")
e("sd_negative", "8.1,0.9", "8.1,-0.9", "a negative spread", "sd is '-0.9'")
e("no_value", "22,7.2,0.8", "22,,0.8", "neither value nor events", "value is empty")
e("day_as_date", "%,365,22", "%,2024-03-01,22", "a date in the column of days", "day is '2024-03-01'")
e("day_negative", "%,0,24", "%,-1,24", "a day before the start", "day is '-1'")
e("unknown_endpoint", "cells,,hba1c_pct,%,0", "cells,,hba1c,%,0", "an end point that is none", "endpoint is 'hba1c'")
e("unknown_role", "0.05,,,,calibrate", "0.05,,,,fit", "a role that is none", "role is 'fit'")
e("no_cohort", "OWN2,own2,islets,,insulin", "OWN2,,islets,,insulin", "whose people?", "cohort_group is empty")
e("decimal_comma", "24,8.1,0.9", '24,"8,1",0.9', "a decimal comma", "value is '8,1'")
e("nan", "24,8.1,0.9", "24,nan,0.9", "nan for a number", "value is 'nan'")
e("overflow", "24,8.1,0.9", "24,1e999,0.9", "a number beyond all numbers", "value is '1e999'")
e("short_row", ",,24,baseline", ",,24", "a cell too few", "18 cells")
e("missing_column", ",events,role", ",event,role", "a column misspelt is a column missing", "no column 'events'")
e("column_twice", "part_of,n_arm,note", "part_of,n_arm,n_arm", "two columns of one name", "second column 'n_arm'")
e("open_quote", "baseline", '"baseline', "a quote that is never closed", "not closed")
e("escape_in_note", "baseline", "base\x1b[31mline", "an escape sequence in a remark is not read, and not printed", "", "", "accept")
e("two_errors", "%,0,24,8.1,0.9,,,,,validate,treatment,,24,baseline\nOWN1,own1,cells,,hba1c_pct,%,365,22,7.2",
  "%,0,24,811,0.9,,,,,validate,treatment,,24,baseline\nOWN1,own1,cells,,hba1c_pct,%,365,2.2,7.2", "all errors at once", "n is '2.2'", "2;3")
e("remark_column", "n_arm,note", "n_arm,remark", "a column that is not read is named", "the column 'remark' is not read", 1, "warn")
e("se_is_sd", "0.42,,0.05", "0.42,0.05,0.05", "an SD given as SE, or the other way round", "se is 0.05 beside sd 0.05", 7, "warn")
put("rows_header_only.csv", H + "\n", "error", "no row", "no row")
put("rows_nul.csv", E.replace("8.1", "8.\x001"), "error", "a zero byte cuts a number", "no text in UTF-8", 2)
put("rows_latin1.csv", E.replace("baseline", "f\u00fcnf").encode("latin-1"), "error", "not UTF-8", "no text in UTF-8", 2)
put("claims_verdict.csv", open("../../data/evidence/claims.csv").read().replace(",partly,", ",maybe,", 1), "error", "a verdict that is none", "reviewer_verdict is 'maybe'", 2)

M = "study,ai,n1i,ci,n2i\nA,1,10,2,10\nB,3,12,6,11\nC,0,9,3,9\n"


def m(name, text, why, words, line="", expected="error"):
    put("studies_" + name + ".csv", text, expected, why, words, line)


put("control_studies.csv", M, "accept", "the base itself")
put("control_studies_blanks.txt", 'study yi vi\n"A B" 1 0.5\nC 2 0.25\n', "accept", "separated by blanks")
put("control_arms.csv", "study,treatment,mi,sdi,ni\nA,x,1,1,10\nA,y,2,1,10\nA,z,2.5,1,10\nB,x,1,1,10\nB,y,3,1,12\n", "accept", "a network of three treatments")
m("events_above_n", M.replace("B,3,12", "B,13,12"), "more events than people", "ai is 13", 3)
m("negative", M.replace("B,3,12", "B,-3,12"), "a negative count", "whole number", 3)
m("half", M.replace("B,3,12", "B,3.5,12"), "half a person", "whole number", 3)
m("word", M.replace("B,3,12", "B,three,12"), "a word for a number", "'three'", 3)
m("short_row", M.replace("B,3,12,6,11", "B,3,12,6"), "a cell too few", "4 cells", 3)
m("column_twice", M.replace("ci,n2i", "ci,ci,n2i").replace("A,1,10,2", "A,1,10,2,2").replace("B,3,12,6", "B,3,12,6,6").replace("C,0,9,3", "C,0,9,3,3"), "two columns of one name", "second column 'ci'", 1)
m("variance_negative", "yi,vi\n1,-1\n2,1\n", "a negative variance", "vi is -1", 2)
m("sd_negative", "m1i,sd1i,n1i,m2i,sd2i,n2i\n7,-1,20,8,1,20\n7,1,20,8,1,20\n", "a negative spread", "sd1i is -1", 2)
m("n_zero", "m1i,sd1i,n1i,m2i,sd2i,n2i\n7,1,0,8,1,20\n7,1,20,8,1,20\n", "an arm of nobody", "n1i is 0", 2)
m("correlation", "mpre,sdpre,mpost,sdpost,ni,ri\n8,1,7,1,20,1.2\n8,1,7,1,20,0.5\n", "a correlation above 1", "ri is 1.2", 2)
m("arm_twice", "study,treatment,mi,sdi,ni\nA,x,1,1,10\nA,x,2,1,10\n", "one treatment in two arms of a study", "once in each study", 3)
m("no_variance", "m1i,sd1i,n1i,m2i,sd2i,n2i\n7,1,20,8,1,20\n7,,20,8,1,20\n7.5,1,20,8,1,20\n", "a study without SD: said, and left out", "no variance: sd1i is not reported", 3, "warn")
m("one", "yi,vi\n1,1\n", "one study is no pool: said", "too_few", "", "warn")
m("mixed", "yi,vi,design\n1,1,single\n2,1,randomised\n3,1,single\n", "single-arm and controlled: said", "not_comparable", "", "warn")
m("apart", "study,treatment,mi,sdi,ni\nA,x,1,1,10\nA,y,2,1,10\nB,u,1,1,10\nB,v,2,1,10\n", "a network in two pieces: said", "no chain of studies", "", "warn")
m("open_quote", 'study,yi,vi\n"A,1,1\nB,2,1\n', "a quote that is never closed", "not closed", 2)
m("header_only", "yi,vi\n", "no study", "no row")

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
VERSION = int(re.search(r"#define STORE_VERSION (\d+)", open("../../src/store/schema.h").read()).group(1))
ok = db(ID % VERSION + "CREATE TABLE run(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO run VALUES(1,'a');")
put("store_truncated.islet", ok[:700], "error", "a store cut in a page: say that it is damaged", "damaged|malformed|corrupt")
put("store_zero_length.islet", b"", "error", "an empty file: not to be filled in silently", "empty|not a")
put("store_not_sqlite.islet", bytes(rnd.randrange(256) for _ in range(512)), "error", "random bytes", "not a")
broken = bytearray(ok)
broken[512 + 8 : 512 + 40] = bytes(rnd.randrange(256) for _ in range(32))
put("store_page_overwritten.islet", bytes(broken), "error", "32 bytes of a page overwritten", "damaged|malformed|corrupt")
put("store_other_application.islet", db("PRAGMA application_id=42; CREATE TABLE moz_places(id INTEGER);"), "error", "another program's file", "not an islet")
put("store_future_version.islet", db(ID % 9999 + "CREATE TABLE run(id INTEGER);"), "error", "written by a newer islet", "newer|version")
put("store_older_version.islet", db(ID % (VERSION - 1) + "CREATE TABLE run(id INTEGER);"), "error", "written by an older islet: say so", "older")
put("store_view_in_place_of_table.islet",
    db(ID % VERSION + "CREATE VIEW run AS WITH RECURSIVE r(id) AS (SELECT 1 UNION ALL SELECT id+1 FROM r) SELECT id FROM r;"),
    "error", "run is an endless view: check the schema, or a count never returns", "schema|view")

with open("manifest.tsv", "w") as f:
    for row in rows:
        assert not any("\t" in cell or "\n" in cell for cell in row)
        f.write("\t".join(row) + "\n")
