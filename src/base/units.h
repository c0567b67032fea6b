/* Units: every conversion of the library, in one place. */
#ifndef ISLET_BASE_UNITS_H
#define ISLET_BASE_UNITS_H

#define MG_DL_PER_MMOL_L 18.016       /* glucose, 180.16 g/mol */
#define SECONDS_PER_DAY 86400.0
#define MINUTES_PER_DAY 1440
#define DAYS_PER_YEAR 365.0
#define C_PEPTIDE_NG_ML_PER_NMOL_L 3.0203 /* 3020.3 g/mol */
#define PMOL_PER_UNIT_INSULIN 6000.0

/* HbA1c: NGSP % from IFCC mmol/mol (IFCC-NGSP master equation). */
static inline double hba1c_ngsp_pct_from_ifcc(double mmol_per_mol)
{
    return 0.09148 * mmol_per_mol + 2.152;
}

#endif
