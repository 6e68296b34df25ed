# version.cpp says which version and commit the program was built from. Run at every build by `cmake -P`, it rewrites the file
# only when the words change, so that a new commit compiles one small file.
#   SOURCE_DIR, OUTPUT, VERSION
execute_process(COMMAND git -C ${SOURCE_DIR} describe --always --dirty --abbrev=10 --exclude=*
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed OR NOT EXISTS ${SOURCE_DIR}/.git)
  set(words "${VERSION}")  # an archive without its history, or one that lies inside another repository
else()
  set(words "${VERSION} (commit ${commit})")
endif()
set(text "#include \"apps/terminal/version.h\"\n\nnamespace tandem::apps {\n\nconst char* version_text() { return \"tandem ${words}\"; }\n\n}  // namespace tandem::apps\n")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT "${before}" STREQUAL "${text}")
  file(WRITE ${OUTPUT} "${text}")
endif()
