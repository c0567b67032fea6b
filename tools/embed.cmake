# Writes a C file that holds every file of FILES (paths relative to ROOT, separated by ;) as bytes.
#   cmake -DROOT=... -DFILES=a;b -DNAMES=a;b -DOUT=embedded_data.c -P embed.cmake
# NAMES gives the path each is found under; it may differ from where the file lies (build outputs, node_modules).
set(body "")
set(table "")
set(index 0)
foreach(file name IN ZIP_LISTS FILES NAMES)
    file(READ "${file}" hex HEX)
    string(REGEX REPLACE "(................................................................)" "\\1\n" hex "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    file(SIZE "${file}" size)
    string(APPEND body "static const unsigned char file_${index}[] = {\n${bytes}0};\n")
    string(APPEND table "    {\"${name}\", file_${index}, ${size}},\n")
    math(EXPR index "${index}+1")
endforeach()
file(WRITE "${OUT}.new" "#include \"base/embedded.h\"\n${body}\nconst embedded_file islet_embedded_files[] = {\n${table}    {0, 0, 0}};\n")
file(RENAME "${OUT}.new" "${OUT}")
