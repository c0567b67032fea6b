# Few words for newcomers; the build itself is CMake's (CMakeLists.txt, CMakePresets.json).
.PHONY: demo test build bench fit study sensitivity sanitize matrix torture cuda format install clean
PREFIX ?= /usr/local
DESTDIR ?=

build:            # what is absent is installed, then everything is built into build/
	@sh tools/build.sh

demo:             # and the shipped example is run
	@./demo

test:             # and the tests are passed
	@./test

bench: build      # speed of every engine and its error against the reference
	@build/islet bench
	@cmake --build build --target bench # GSL and CVODE beside them, where SUNDIALS is installed

fit: build         # fits the graft, autoimmunity and type 2 diabetes to the rows of the evidence marked calibrate (about an hour)
	@ninja -C build fit_graft fit_immune fit_type2 && build/fit_graft && build/fit_immune && build/fit_type2

study: build       # known parameters fitted again, 200 times: do the intervals hold them? The numerics at full size (docs/reproducibility.md)
	@ninja -C build recover numerics && build/recover && build/numerics

sensitivity: build # which parameters the results depend on, into data/sensitivity (about four minutes)
	@ninja -C build sensitivity
	@build/sensitivity morris studies/half_year.yaml 32 3 >morris.csv
	@mv morris.csv data/sensitivity/morris.csv
	@ninja -C build islet # which has the table: the five that lead are those of today
	@build/sensitivity sobol studies/half_year.yaml 32 60 "$$(build/islet params --sensitivity --csv | sed -n '2,6s/,.*//p' | paste -sd,)" >sobol.csv
	@mv sobol.csv data/sensitivity/sobol.csv

sanitize: build   # the whole suite under AddressSanitizer and UndefinedBehaviorSanitizer
	@sh tools/sanitize.sh

matrix: build     # the same bytes from gcc and clang, -O2 and -O3 (FULL=1: every combination)
	@sh tools/matrix.sh

torture: build    # 1,000 kills; every write, allocation and power cut of a small run
	@sh tools/torture.sh

cuda: build       # the workload on an NVIDIA device, compared with the processor and timed, where nvcc is
	@ninja -C build islet_cuda_days && { [ ! -x build/islet-cuda-days ] || build/islet-cuda-days; }

format:           # C sources in the project's style
	@clang-format -i $$(git ls-files '*.[ch]')

install: build    # make install PREFIX=/opt/islet DESTDIR=/tmp/stage
	@DESTDIR="$(DESTDIR)" cmake --install build --prefix "$(PREFIX)"

clean:
	@rm -rf build build-*
