-- Schema of an islet result store: one SQLite file, one study. The comments inside the statements are kept by SQLite,
-- so that ".schema" in any SQLite tool explains the file. The line of at signs in `visit` is replaced by one column
-- for each end point (src/base/endpoints.def). A change here raises STORE_VERSION in schema.h.

CREATE TABLE run (
    -- One row: the study this file holds.
    id INTEGER PRIMARY KEY CHECK (id = 1),
    title TEXT NOT NULL,               -- as in the protocol
    state TEXT NOT NULL CHECK (state IN ('running', 'interrupted', 'complete')), -- interrupted: only some people are here
    seed TEXT NOT NULL,                -- decimal, 0 .. 2^64-1; with the protocol it repeats the run
    patients INTEGER NOT NULL,         -- people asked for, in each arm
    arms INTEGER NOT NULL,
    control_arm INTEGER,               -- arm the others are compared with; NULL when there is one arm
    has_control INTEGER NOT NULL CHECK (has_control IN (0, 1)), -- 1: that arm is a control by its role; 0: no arm is, it is the first
    follow_up_day INTEGER NOT NULL,    -- last day simulated
    years REAL NOT NULL,               -- the same in years of 365 days
    paired INTEGER NOT NULL CHECK (paired IN (0, 1)), -- 1: the same people in every arm; 0: other people in each
    screened_out INTEGER,              -- candidates drawn who did not meet the requirements; NULL until the run ends
    population TEXT NOT NULL,          -- name of the population the people come from
    diabetes TEXT NOT NULL CHECK (diabetes IN ('type1', 'type2', 'none')), -- what they have
    protocol_sha256 TEXT NOT NULL,     -- of the bytes of the protocol file
    protocol_text TEXT                 -- the protocol itself; NULL if it had changed or gone when the run began
);

CREATE TABLE arm (
    -- The arms of the trial, in the order of the protocol.
    arm INTEGER PRIMARY KEY,           -- from 0
    name TEXT NOT NULL,
    regimen TEXT,                      -- immunosuppression; NULL for none
    regimen_start_day INTEGER,
    regimen_stop_day INTEGER,          -- NULL: never stopped
    conditioning TEXT,                 -- of the immune system; NULL for none
    conditioning_start_day INTEGER,    -- day 0 of its dated steps
    beside TEXT,                       -- what else people are given or had taken away, in words; NULL for nothing
    trial_effect TEXT NOT NULL,        -- what being in the trial does to people of the arm, in words
    teratoma_bound REAL,               -- upper bound of the chance of a teratoma, no estimate; NULL: no undifferentiated cells
    cancer_bound REAL                  -- the same of cancer by the cells until the end of follow-up; NULL: nobody counted it
);

CREATE TABLE course (
    -- Givings of cells.
    arm INTEGER NOT NULL,
    course INTEGER NOT NULL,           -- from 0
    product TEXT NOT NULL,
    dose REAL NOT NULL,
    dose_unit TEXT NOT NULL,           -- cells, cells/kg, IEQ, IEQ/kg, CD34+ cells/kg
    day INTEGER NOT NULL,
    put TEXT NOT NULL,                 -- where, in words: the route, and the needle's tract where it stays open
    only_if TEXT,                      -- what must hold that morning, or the course is left out; NULL: always given
    PRIMARY KEY (arm, course)
) WITHOUT ROWID;

CREATE TABLE provenance (
    -- One row: what made the results, apart from the machine.
    id INTEGER PRIMARY KEY CHECK (id = 1),
    software TEXT NOT NULL,
    version TEXT NOT NULL,
    source_commit TEXT NOT NULL,       -- of the source the library was built from
    options TEXT NOT NULL              -- options of the run that change results, as key=value
);

CREATE TABLE input (
    -- Files the results depend on: the protocol, those it names ("file NAME"), and the data files compiled into the
    -- library.
    name TEXT PRIMARY KEY,
    bytes INTEGER,                     -- NULL when only the hash is known
    sha256 TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE provenance_build (
    -- What depends on the machine or the day. Results do not; this table is left out of the content hash.
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE batch (
    -- Blocks of people that are wholly in this file; a block counts only when its mark is here. Not in the content hash.
    batch INTEGER PRIMARY KEY
);

CREATE TABLE profile_so_far (
    -- Counts of "profile" over the batches that are here, kept so that an interrupted run can be continued; empty in a
    -- complete store. Not in the content hash.
    arm INTEGER PRIMARY KEY,
    counts BLOB NOT NULL               -- period, slot, bin; 4 bytes each, lowest first
);

CREATE TABLE endpoint (
    -- Columns of `visit` and rows of `endpoint_result`.
    endpoint TEXT PRIMARY KEY,
    position INTEGER NOT NULL,         -- order in which end points are shown
    asked INTEGER NOT NULL CHECK (asked IN (0, 1)), -- 1: named in the protocol
    unit TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('fraction', 'mean', 'rate', 'harm')), -- fraction, harm: 0 or 1 a person
    digits INTEGER NOT NULL,           -- after the point when shown to people
    sentence TEXT NOT NULL             -- what it is
) WITHOUT ROWID;

CREATE TABLE event_kind (
    -- Kinds of rows of `event`.
    kind TEXT PRIMARY KEY,
    sentence TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE patient (
    -- People as enrolled. Simulated: no row describes a living person.
    patient INTEGER PRIMARY KEY,       -- from 0; where every arm has its own people, counted on from arm to arm
    candidate INTEGER NOT NULL,        -- number of the draw; numbers that are missing were screened out
    subject TEXT NOT NULL,             -- public subject nearest to this person's kinetics
    female INTEGER NOT NULL CHECK (female IN (0, 1)),
    age_year REAL NOT NULL,
    duration_year REAL NOT NULL,       -- since diagnosis
    height_m REAL NOT NULL,
    weight_kg REAL NOT NULL,
    bmi_kg_m2 REAL NOT NULL,
    egfr_ml_min_1_73m2 REAL NOT NULL,  -- kidney function
    native_function_frac REAL NOT NULL, -- own beta-cell function over a healthy pancreas
    autoantibody_positive INTEGER NOT NULL CHECK (autoantibody_positive IN (0, 1)),
    impaired_awareness INTEGER NOT NULL CHECK (impaired_awareness IN (0, 1)), -- of hypoglycaemia
    severe_hypo_per_year REAL NOT NULL -- events in the year before enrolment
);

CREATE TABLE visit (
    -- End points at the visits of the protocol, one row a person. NULL: not measured (dead, withdrawn, not due).
    -- Harms are never NULL: what had happened to people who have left is known.
    arm INTEGER NOT NULL,
    day INTEGER NOT NULL,              -- day 0 is before treatment
    patient INTEGER NOT NULL,
@@@@
    PRIMARY KEY (arm, day, patient)
) WITHOUT ROWID;

CREATE TABLE daily (
    -- Every day of every person, as whole numbers to keep it small; the view `day` has the usual units.
    arm INTEGER NOT NULL,
    patient INTEGER NOT NULL,
    day INTEGER NOT NULL,
    mean_glucose_0_1_mg_dl INTEGER NOT NULL,  -- plasma, tenths of mg/dL
    in_range_min INTEGER NOT NULL,            -- minutes of sensor glucose 70 to 180 mg/dL
    below_70_min INTEGER NOT NULL,            -- minutes, those below 54 included
    below_54_min INTEGER NOT NULL,
    insulin_0_01_u INTEGER NOT NULL,          -- injected, hundredths of a unit
    carbohydrate_0_1_g INTEGER NOT NULL,      -- eaten, rescue included, tenths of a gram
    c_peptide_mean_pmol_l INTEGER NOT NULL,   -- mean of the day
    graft_function_0_0001 INTEGER NOT NULL,   -- share of a healthy pancreas, ten-thousandths
    PRIMARY KEY (arm, patient, day)
) WITHOUT ROWID;

CREATE VIEW day AS
    -- `daily` in the usual units.
    SELECT arm, patient, day,
           mean_glucose_0_1_mg_dl / 10.0 AS mean_glucose_mg_dl,
           in_range_min / 14.4 AS time_in_range_pct,
           below_70_min / 14.4 AS time_below_70_pct,
           below_54_min / 14.4 AS time_below_54_pct,
           insulin_0_01_u / 100.0 AS insulin_u,
           carbohydrate_0_1_g / 10.0 AS carbohydrate_g,
           c_peptide_mean_pmol_l / 1000.0 AS c_peptide_mean_nmol_l,
           graft_function_0_0001 / 10000.0 AS graft_function_frac
    FROM daily;

CREATE TABLE event (
    -- What happened to whom, and when.
    arm INTEGER NOT NULL,
    patient INTEGER NOT NULL,
    number INTEGER NOT NULL,           -- from 0, in the order of days
    day INTEGER NOT NULL,
    kind TEXT NOT NULL REFERENCES event_kind,
    value REAL,                        -- where the kind has one
    PRIMARY KEY (arm, patient, number)
) WITHOUT ROWID;

CREATE TABLE profile (
    -- Minutes of glucose by time of day, over all people of an arm; only counts above 0.
    arm INTEGER NOT NULL,
    period TEXT NOT NULL CHECK (period IN ('before', 'after')), -- last 14 days before day 0; last 14 of the follow-up
    slot INTEGER NOT NULL,             -- 15 minutes each, from midnight
    bin INTEGER NOT NULL,              -- 4 mg/dL each, from 0; the last takes all above
    count INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (arm, period, slot, bin)
) WITHOUT ROWID;

CREATE TABLE endpoint_result (
    -- Estimate of each end point in each arm: share with the exact interval of Clopper and Pearson (fraction, harm), or
    -- mean with a t interval, of the log odds where the scale has an upper end (time in range), else cut at 0. The intervals are Monte Carlo intervals: they shrink with the number of people simulated
    -- and say nothing about how far the model is from the truth.
    arm INTEGER NOT NULL,
    endpoint TEXT NOT NULL REFERENCES endpoint,
    day INTEGER NOT NULL,
    unit TEXT NOT NULL,
    value REAL,                        -- NULL when nobody was measured; of HOMA, which is missing on injected insulin, when fewer than half were
    ci_low REAL,                       -- 95 %
    ci_high REAL,
    n INTEGER NOT NULL,                -- people measured; for harms everybody enrolled
    PRIMARY KEY (arm, endpoint, day)
) WITHOUT ROWID;

CREATE TABLE difference (
    -- Each arm minus the arm compared with (run.control_arm); person by person when the arms hold the same people (run.paired).
    arm INTEGER NOT NULL,
    control_arm INTEGER NOT NULL,
    endpoint TEXT NOT NULL REFERENCES endpoint,
    day INTEGER NOT NULL,
    unit TEXT NOT NULL,
    value REAL,
    ci_low REAL,                       -- 95 %: t interval, or Newcombe's for shares; cut where the scale ends
    ci_high REAL,
    n INTEGER NOT NULL,                -- pairs measured; people of the smaller arm when not paired
    variance_share REAL,               -- variance of the difference over what it would be between different people; NULL when not paired
    PRIMARY KEY (arm, endpoint, day)
) WITHOUT ROWID;

CREATE TABLE range_result (
    -- Ranges wider than the chance of simulating so many people, where they were asked for (islet run --uncertainty, --alternatives); made
    -- from simulations of their own, which `value` is of.
    arm INTEGER NOT NULL,
    endpoint TEXT NOT NULL REFERENCES endpoint,
    day INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('trial', 'trial_bare', 'alternatives')), -- where 95 % of trials of so many people would find it: chance,
                                       -- parameters and discrepancy between trials and model; the same without that; over rival accounts
    value REAL,
    low REAL,
    high REAL,
    PRIMARY KEY (arm, endpoint, day, kind)
) WITHOUT ROWID;

CREATE TABLE parameter (
    -- Numbers of the model in this run, and how far each can be trusted.
    key TEXT PRIMARY KEY,
    position INTEGER NOT NULL,         -- order in which they are explained
    value REAL,
    unit TEXT NOT NULL,
    standing TEXT NOT NULL,            -- measured, fitted, assumed
    source TEXT NOT NULL,              -- doi or address, or the reason for an assumption
    sentence TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE product_value (
    -- Numbers of the cell products, immunosuppression regimens and conditionings in this run.
    product TEXT NOT NULL,             -- name of the product, regimen or conditioning
    kind TEXT NOT NULL CHECK (kind IN ('product', 'regimen', 'conditioning')),
    key TEXT NOT NULL,
    value REAL,
    low REAL,                          -- range, where one is known
    high REAL,
    unit TEXT NOT NULL,
    standing TEXT NOT NULL,
    source TEXT NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (product, kind, key)
) WITHOUT ROWID;

CREATE TABLE population_value (
    -- How the traits of the people are spread.
    key TEXT PRIMARY KEY,
    mean REAL,
    sd REAL,
    low REAL,                          -- hard bounds; NULL when open
    high REAL,
    unit TEXT NOT NULL,
    standing TEXT NOT NULL,
    source TEXT NOT NULL,
    sentence TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE care_rule (
    -- How the simulated clinic decides on insulin, in words.
    number INTEGER PRIMARY KEY,        -- from 0
    text TEXT NOT NULL
);

CREATE TABLE evidence (
    -- What was published of trials, as this version of islet knew it: one fact a row, numbers in the unit of the end point. The report
    -- sets rows of the same treatment beside the run. Columns as in docs/evidence.md; "" and NULL: not published.
    fact INTEGER PRIMARY KEY,          -- from 0, in the order of data/evidence/outcomes.csv
    trial_id TEXT NOT NULL,
    cohort_group TEXT NOT NULL,        -- trials with the same people, in whole or in part
    arm TEXT NOT NULL,
    protocol TEXT NOT NULL,            -- that stands for the trial, relative to data/evidence
    endpoint TEXT NOT NULL,
    unit TEXT NOT NULL,
    statistic TEXT NOT NULL,           -- share, ever, mean, median, geometric_mean, adjusted_mean, change
    day INTEGER NOT NULL,              -- since treatment
    n REAL,                            -- people behind the number
    value REAL,
    sd REAL,
    se REAL,
    ci_low REAL,                       -- 95 %
    ci_high REAL,
    events REAL,                       -- of n
    q1 REAL,                           -- quartiles around a median
    q3 REAL,
    role TEXT NOT NULL CHECK (role IN ('calibrate', 'validate', 'context', 'direction', 'claim')), -- only calibrate rows ever set a parameter
    arm_role TEXT NOT NULL,            -- treatment, control, single
    part_of TEXT NOT NULL,             -- arm these people are a part of
    n_arm REAL,
    cell_type TEXT NOT NULL,
    population TEXT NOT NULL,
    product TEXT NOT NULL,             -- shipped product that stands for what was given
    dose_cells REAL,                   -- NULL: any
    regimen TEXT NOT NULL,             -- immunosuppression from day 0
    citation TEXT NOT NULL,
    source TEXT NOT NULL,              -- where the number was read
    note TEXT NOT NULL
);

CREATE TABLE published_arm (
    -- Arms of `evidence` that were given what an arm of this run gives, and so can be held against it.
    trial_id TEXT NOT NULL,
    published_arm TEXT NOT NULL,       -- evidence.arm
    arm INTEGER NOT NULL,              -- of this run
    later_day INTEGER NOT NULL,        -- a published day is so many days later here
    differs TEXT NOT NULL,             -- what was otherwise there, in words; empty when nothing is known to be
    PRIMARY KEY (trial_id, published_arm, arm)
) WITHOUT ROWID;
