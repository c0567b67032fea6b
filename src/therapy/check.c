#include "therapy/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/yaml_read.h"
#include "patient/record.h"
#include "therapy/parameter_set.h"
#include "therapy/protocol.h"

static const struct {
    const char *key;
    islet_file_kind kind;
} formats[] = {
    {"islet", ISLET_FILE_PROTOCOL},
    {"islet_product", ISLET_FILE_PRODUCT},
    {"islet_regimen", ISLET_FILE_REGIMEN},
    {"islet_conditioning", ISLET_FILE_CONDITIONING},
    {"islet_population", ISLET_FILE_POPULATION},
    {"islet_patient", ISLET_FILE_PATIENT},
    {"islet_params", ISLET_FILE_PARAMETERS},
};

/* Kind by the keys of the top, also when the text breaks off later. */
static islet_file_kind kind_of(const yaml_document *document)
{
    if (!document->root || document->root->kind != YAML_MAP) return ISLET_FILE_UNKNOWN;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (yaml_find(document->root, formats[i].key)) return formats[i].kind;
    return ISLET_FILE_UNKNOWN;
}

/* A text of no known kind: say why, as far as it can be told. */
static void report_unknown(const char *text, size_t length, const char *path, islet_problems *problems)
{
    yaml_document *document = yaml_parse(text, length, path, problems);
    if (!document) return;
    yaml_reader reader = yaml_reader_of(document, path, problems);
    if (reader.errors == 0 && yaml_expect(&reader, document->root, YAML_MAP, "the top of the file", NULL))
        yaml_error(
            &reader, document->root,
            "this is no file of islet: a protocol begins with islet: 1, a product with islet_product: 1, a regimen with "
            "islet_regimen: 1, a conditioning with islet_conditioning: 1, a population with islet_population: 1, a patient with islet_patient: 1, a parameter set with islet_params: 1");
    yaml_free(document);
}

static islet_status read_as(islet_file_kind kind, const char *text, size_t length, const char *path, islet_problems *problems)
{
    union {
        islet_protocol protocol;
        product product;
        regimen regimen;
        conditioning conditioning;
        population population;
        patient_record patient;
        parameter_set parameters;
    } *any = malloc(sizeof *any);
    const int errors = islet_problems_error_count(problems);
    bool fine = false;
    if (!any) return ISLET_ERR_MEMORY;
    switch (kind) {
    case ISLET_FILE_PROTOCOL: fine = protocol_parse(text, length, path, &any->protocol, problems) == ISLET_OK; break;
    case ISLET_FILE_PRODUCT: fine = product_parse(text, length, path, &any->product, problems); break;
    case ISLET_FILE_REGIMEN: fine = regimen_parse(text, length, path, &any->regimen, problems); break;
    case ISLET_FILE_CONDITIONING: fine = conditioning_parse(text, length, path, &any->conditioning, problems); break;
    case ISLET_FILE_POPULATION: fine = population_parse(text, length, path, &any->population, problems); break;
    case ISLET_FILE_PATIENT: fine = record_parse(text, length, path, NULL, &any->patient, problems) == ISLET_OK; break;
    case ISLET_FILE_PARAMETERS:
        fine = parameter_set_parse(text, length, path, &any->parameters, problems) == ISLET_OK;
        parameter_set_free(&any->parameters);
        break;
    default: report_unknown(text, length, path, problems); break;
    }
    free(any);
    /* what is refused is refused with a reason; without one there was no room to read it */
    return fine ? ISLET_OK : problems && islet_problems_error_count(problems) == errors ? ISLET_ERR_MEMORY : ISLET_ERR_INPUT;
}

islet_status therapy_check_file(const char *path, islet_file_kind *kind, islet_problems *problems)
{
    static const char sqlite[] = "SQLite format 3";
    char begin[sizeof sqlite], *text;
    size_t length;
    *kind = ISLET_FILE_UNKNOWN;

    islet_status status = file_begin(path, begin, sizeof begin, &length, problems);
    if (status < 0) return status;
    if (length == sizeof begin && memcmp(begin, sqlite, sizeof begin) == 0) {
        *kind = ISLET_FILE_STORE;
        return ISLET_OK;
    }
    status = file_read(path, RECORD_MAX_BYTES, &text, &length, problems);
    if (status < 0) return status;
    const record_form form = record_form_of(path, text, length);
    if (form != RECORD_YAML) { /* what comes as JSON is a patient's, and a table with a column of one */
        if (form == RECORD_FHIR || record_csv_is_one(text, length)) *kind = ISLET_FILE_PATIENT;
        status = read_as(ISLET_FILE_PATIENT, text, length, path, problems);
        free(text);
        return status;
    }
    yaml_document *document = yaml_parse(text, length, path, NULL);
    if (document) {
        *kind = kind_of(document);
        yaml_free(document);
        status = read_as(*kind, text, length, path, problems);
    } else {
        status = ISLET_ERR_MEMORY;
    }
    free(text);
    return status;
}
