# The four bundles that draw the report's figures, from node_modules (package-lock.json pins each by its hash).
# They are found under vendor/ by embedded_find. Without node_modules a build works, but reports cannot be written.
set(NODE_MODULES ${CMAKE_SOURCE_DIR}/node_modules)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/package-lock.json)
if(EXISTS ${NODE_MODULES}/vega/build/vega.min.js)
    # vega-interpreter comes as a module only; a page under file:// cannot import one, so it is turned into a plain
    # script that reads vega's utilities from the bundle before it and adds itself there.
    set(INTERPRETER ${NODE_MODULES}/vega-interpreter/build/vega-interpreter.js)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${INTERPRETER})
    file(READ ${INTERPRETER} text)
    string(REPLACE "//# sourceMappingURL=vega-interpreter.js.map" "" text "${text}")
    string(REGEX REPLACE "import ({[^}]*}) from 'vega-util';" "(function (root) {\nconst \\1 = root.vega;" script "${text}")
    string(REPLACE "export { expression as expressionInterpreter };"
        "root.vega.expressionInterpreter = expression;\n})(globalThis);" script "${script}")
    if(script MATCHES "(^|\n)(import|export) " OR script STREQUAL text)
        message(FATAL_ERROR "vega-interpreter has another shape than tools/vendor.cmake expects; adapt it to the new version")
    endif()
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/vega-interpreter.js CONTENT "@script@" @ONLY)
    foreach(pair vega=${NODE_MODULES}/vega/build/vega.min.js vega-lite=${NODE_MODULES}/vega-lite/build/vega-lite.min.js
            vega-embed=${NODE_MODULES}/vega-embed/build/vega-embed.min.js
            vega-interpreter=${CMAKE_BINARY_DIR}/vega-interpreter.js)
        string(REGEX MATCH "^([^=]*)=(.*)$" pair ${pair})
        string(APPEND EMBED_LIST "vendor/${CMAKE_MATCH_1}.min.js\t${CMAKE_MATCH_2}\n")
        list(APPEND EMBED_FILES ${CMAKE_MATCH_2})
    endforeach()
else()
    message(STATUS "node_modules is absent (npm ci --ignore-scripts brings it): reports cannot be written by this build")
endif()
