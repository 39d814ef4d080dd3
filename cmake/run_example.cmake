# Runs PROGRAM in the empty folder FOLDER. It must succeed, and print what the file EXPECTED holds
# if there is one.
file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
execute_process(COMMAND ${PROGRAM} WORKING_DIRECTORY ${FOLDER}
    OUTPUT_VARIABLE printed RESULT_VARIABLE status COMMAND_ECHO STDOUT)
file(REMOVE_RECURSE ${FOLDER})
message("${printed}")
if(NOT status EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} ended with ${status}")
endif()
if(EXISTS ${EXPECTED})
    file(READ ${EXPECTED} expected)
    if(NOT printed STREQUAL expected)
        message(FATAL_ERROR "expected, by ${EXPECTED}:\n${expected}")
    endif()
endif()
