# ISLET_SANITIZE=address,undefined (or thread, ...) builds everything with those sanitizers; a finding ends the program.
# ISLET_COVERAGE=ON counts executed lines for gcov.
set(ISLET_SANITIZE "" CACHE STRING "sanitizers, separated by commas")
option(ISLET_COVERAGE "count executed lines" OFF)
set(SANITIZE_FLAGS "") # for what a test compiles against the sanitized library
if(ISLET_SANITIZE)
    set(SANITIZE_FLAGS -fsanitize=${ISLET_SANITIZE})
    add_compile_options(-fsanitize=${ISLET_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
    add_link_options(-fsanitize=${ISLET_SANITIZE})
    if(ISLET_SANITIZE MATCHES undefined)
        add_compile_options(-fsanitize=float-cast-overflow)
    endif()
endif()
if(ISLET_COVERAGE)
    add_compile_options(--coverage)
    add_link_options(--coverage)
endif()
