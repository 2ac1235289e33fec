# The flags that every target of ours is compiled with: warnings, hardening, sanitizers.

option(GATEWATCH_WERROR "treat warnings as errors" OFF)

add_library(compiler_options INTERFACE)
target_compile_options(compiler_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion;-Wnon-virtual-dtor;-Woverloaded-virtual;-Wcast-qual;-Wformat=2>
  # GCC 12 sees overlapping copies in std::string that are not there (its bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:$<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>>
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${GATEWATCH_WERROR}>>:-Werror>
  -fstack-protector-strong -fstack-clash-protection -fcf-protection -fno-omit-frame-pointer)
target_link_options(compiler_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)

if(GATEWATCH_SANITIZERS)
  target_compile_options(compiler_options INTERFACE
    -fsanitize=${GATEWATCH_SANITIZERS} -fno-sanitize-recover=all)
  target_link_options(compiler_options INTERFACE -fsanitize=${GATEWATCH_SANITIZERS})
elseif(CMAKE_BUILD_TYPE MATCHES "Rel")
  # FORTIFY needs an optimising build and hides what the sanitizers would name.
  target_compile_options(compiler_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()

include(CheckPIESupported)
check_pie_supported()
