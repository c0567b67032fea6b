# make install: command, library, header, pkg-config file, manual page, completion, examples.
install(TARGETS islet LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES include/islet.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
file(RELATIVE_PATH LIBDIR_FROM_BINDIR ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH PREFIX_FROM_PKGCONFIG ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(tools/islet.pc.in islet.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/islet.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(DIRECTORY examples/ DESTINATION ${CMAKE_INSTALL_DATADIR}/islet/examples
    FILES_MATCHING PATTERN "*.yaml" PATTERN "*.c")
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(TARGET islet_command)
    # the command finds its library beside itself, wherever the prefix is moved to
    set_target_properties(islet_command PROPERTIES INSTALL_RPATH "$ORIGIN/${LIBDIR_FROM_BINDIR}")
    install(TARGETS islet_command DESTINATION ${CMAKE_INSTALL_BINDIR})
    install(FILES ${CMAKE_BINARY_DIR}/islet.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
    install(FILES ${CMAKE_BINARY_DIR}/islet.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME islet)
    install(FILES ${CMAKE_BINARY_DIR}/_islet DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
endif()
