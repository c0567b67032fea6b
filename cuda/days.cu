// The workload of the bench on an NVIDIA device, one person a thread: the same text as everywhere else (person_days.h), compiled by nvcc
// without contraction of multiply and add.
//
//   islet-cuda-days [PEOPLE [DAYS]]     the 30 public subjects, replicated
//
// First 30 people live a week on the device and on the processor: their glucose must have the same bits. Then PEOPLE are timed, and the
// rate of operations (counted, as in `islet bench`) is set against the multiply-adds that the device was measured to do.
//   exit status: 0 the same bits, 1 others or an error of the device, 77 no device
//
// Compiled, never run: no device was at hand when it was written.
#include <math.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// functions of the equations' headers are for the device; what the compiler is told of alignment it does not take in device code
#define static __device__ static
#define __builtin_assume_aligned(pointer, size) (pointer)
#include "person_days.h"
#undef __builtin_assume_aligned
#undef static

extern "C" {
#include "trial/bench_flops.h"
}

#define NO_DEVICE 77
#define THREADS 64
#define CHECKED_DAYS 7
#define PEAK_CHAINS 8
#define PEAK_TURNS 20000

static const char *failed; // what the device was doing

static bool fine(cudaError_t error, const char *doing)
{
    if (error == cudaSuccess) return true;
    failed = doing;
    fprintf(stderr, "islet-cuda-days: %s: %s\n", doing, cudaGetErrorString(error));
    return false;
}

__global__ void live(const workload_person *people, const workload_event *calendar, int n, int days, double *trace_mg_dl, double *last_mg_dl)
{
    const int i = blockIdx.x * blockDim.x + threadIdx.x, subject = i % SUBJECT_COUNT;
    if (i >= n) return;
    last_mg_dl[i] = person_days(&people[subject], calendar + (size_t)subject * days * WORKLOAD_EVENTS, days,
                                trace_mg_dl ? trace_mg_dl + (size_t)i * days * BLOCKS_PER_DAY : NULL);
}

__global__ void multiply_and_add(double *out)
{
    double x[PEAK_CHAINS];
    for (int c = 0; c < PEAK_CHAINS; c++) x[c] = threadIdx.x + c;
    for (int turn = 0; turn < PEAK_TURNS; turn++)
        for (int c = 0; c < PEAK_CHAINS; c++) x[c] = fma(x[c], 0.999999, 1e-6);
    double sum = 0.0;
    for (int c = 0; c < PEAK_CHAINS; c++) sum += x[c];
    out[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

// People's days on the device; => seconds of the device, negative if it failed.
static double device_days(const workload_person *people, const workload_event *calendar, int n, int days, double *trace_mg_dl, double *last_mg_dl)
{
    const size_t events = sizeof *calendar * SUBJECT_COUNT * (size_t)days * WORKLOAD_EVENTS;
    const size_t trace = trace_mg_dl ? sizeof(double) * (size_t)n * (size_t)days * BLOCKS_PER_DAY : 0;
    workload_person *there = NULL;
    workload_event *calendar_there = NULL;
    double *trace_there = NULL, *last_there = NULL;
    cudaEvent_t begins = NULL, ends = NULL;
    float milliseconds = -1.0f;
    bool whole = fine(cudaMalloc((void **)&there, sizeof *there * SUBJECT_COUNT), "room for people") &&
                 fine(cudaMalloc((void **)&calendar_there, events), "room for events") &&
                 fine(cudaMalloc((void **)&last_there, sizeof(double) * (size_t)n), "room for results") &&
                 (!trace || fine(cudaMalloc((void **)&trace_there, trace), "room for glucose")) &&
                 fine(cudaMemcpy(there, people, sizeof *there * SUBJECT_COUNT, cudaMemcpyHostToDevice), "sending people") &&
                 fine(cudaMemcpy(calendar_there, calendar, events, cudaMemcpyHostToDevice), "sending events") &&
                 fine(cudaEventCreate(&begins), "a clock") && fine(cudaEventCreate(&ends), "a clock") &&
                 fine(cudaEventRecord(begins), "a clock");
    if (whole) {
        live<<<(n + THREADS - 1) / THREADS, THREADS>>>(there, calendar_there, n, days, trace_there, last_there);
        whole = fine(cudaGetLastError(), "starting") && fine(cudaEventRecord(ends), "a clock") && fine(cudaDeviceSynchronize(), "living") &&
                fine(cudaEventElapsedTime(&milliseconds, begins, ends), "a clock") &&
                fine(cudaMemcpy(last_mg_dl, last_there, sizeof(double) * (size_t)n, cudaMemcpyDeviceToHost), "fetching results") &&
                (!trace || fine(cudaMemcpy(trace_mg_dl, trace_there, trace, cudaMemcpyDeviceToHost), "fetching glucose"));
    }
    whole = (!begins || fine(cudaEventDestroy(begins), "letting a clock go")) && whole;
    whole = (!ends || fine(cudaEventDestroy(ends), "letting a clock go")) && whole;
    void *const rooms[] = {there, calendar_there, trace_there, last_there};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) whole = fine(cudaFree(rooms[i]), "letting room go") && whole;
    return whole ? 1e-3 * milliseconds : -1.0;
}

// Operations a second of threads that do nothing but multiply and add; 0 if the device failed.
static double device_peak(int processors)
{
    const int blocks = processors * 16, threads = 256;
    double *out = NULL, flops = 0.0;
    cudaEvent_t begins = NULL, ends = NULL;
    float milliseconds = 0.0f;
    if (fine(cudaMalloc((void **)&out, sizeof(double) * (size_t)blocks * threads), "room") && fine(cudaEventCreate(&begins), "a clock") &&
        fine(cudaEventCreate(&ends), "a clock")) {
        for (int turn = 0; turn < 2; turn++) { // the first warms up
            if (!fine(cudaEventRecord(begins), "a clock")) break;
            multiply_and_add<<<blocks, threads>>>(out);
            if (!fine(cudaGetLastError(), "starting to multiply") || !fine(cudaEventRecord(ends), "a clock") ||
                !fine(cudaDeviceSynchronize(), "multiplying") || !fine(cudaEventElapsedTime(&milliseconds, begins, ends), "a clock"))
                break;
            flops = 2.0 * PEAK_CHAINS * PEAK_TURNS * blocks * threads / (1e-3 * milliseconds);
        }
    }
    bool freed = !begins || fine(cudaEventDestroy(begins), "letting a clock go");
    freed = (!ends || fine(cudaEventDestroy(ends), "letting a clock go")) && freed;
    return fine(cudaFree(out), "letting room go") && freed ? flops : 0.0;
}

// => do the 30 subjects have the processor's bits?
static bool check(const workload_person *people, double *farthest)
{
    const size_t readings = (size_t)SUBJECT_COUNT * CHECKED_DAYS * BLOCKS_PER_DAY;
    const workload_method method = {kernel_find(NULL), 0};
    workload_event *calendar = workload_calendar(people, SUBJECT_COUNT, CHECKED_DAYS);
    double *here = (double *)malloc(readings * sizeof(double)), *there = (double *)malloc(readings * sizeof(double)), last[SUBJECT_COUNT];
    bool same = false;
    *farthest = NAN;
    if (calendar && here && there) {
        workload_run(&method, people, SUBJECT_COUNT, CHECKED_DAYS, calendar, here);
        if (device_days(people, calendar, SUBJECT_COUNT, CHECKED_DAYS, there, last) >= 0.0) {
            same = memcmp(here, there, readings * sizeof(double)) == 0;
            *farthest = 0.0;
            for (size_t i = 0; i < readings; i++) *farthest = fmax(*farthest, fabs(there[i] - here[i]) / here[i]);
        }
    }
    free(calendar);
    free(here);
    free(there);
    return same;
}

static int number(const char *text, int otherwise)
{
    char *end;
    const long value = text ? strtol(text, &end, 10) : otherwise;
    return text && (*end || value < 1 || value > 100000000) ? 0 : (int)value;
}

int main(int argc, char **argv)
{
    static workload_person people[SUBJECT_COUNT];
    const int n = number(argc > 1 ? argv[1] : NULL, 300000), days = number(argc > 2 ? argv[2] : NULL, 14);
    int devices = 0;
    cudaDeviceProp about;
    if (!n || !days || argc > 3) {
        fprintf(stderr, "usage: islet-cuda-days [PEOPLE [DAYS]]\n");
        return 2;
    }
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
        printf("no device: nothing was run\n");
        return NO_DEVICE;
    }
    if (!fine(cudaGetDeviceProperties(&about, 0), "asking for the device") || !workload_people(true, people)) return 1;
    double farthest;
    const bool same = check(people, &farthest);
    printf("%s: %d people, %d days: %s (largest relative difference %.3g)\n", about.name, SUBJECT_COUNT, CHECKED_DAYS,
           same ? "the processor's bits" : "other bits than the processor's", farthest);

    workload_event *calendar = workload_calendar(people, SUBJECT_COUNT, days);
    double *last = (double *)malloc(sizeof(double) * (size_t)n), seconds = -1.0;
    for (int turn = 0; turn < 2 && calendar && last; turn++) seconds = device_days(people, calendar, n, days, NULL, last);
    free(calendar);
    free(last);
    const double peak = device_peak(about.multiProcessorCount);
    if (!(seconds > 0.0) || !(peak > 0.0)) return 1;
    const double rate = (double)n * days / seconds, operations = rate * bench_flops_counted.whole;
    printf("%d people, %d days: %.3f s, %.4g patient-days/s, %.3g of %.3g operations/s (%.1f %%)\n", n, days, seconds, rate, operations, peak,
           100.0 * operations / peak);
    return same && !failed ? 0 : 1;
}
