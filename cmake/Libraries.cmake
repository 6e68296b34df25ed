# The libraries that tandem's layers link to, as one imported target each. The build reads this file, and find_package(tandem)
# does, in a project that links to an installed tandem.
#   tandem_torch_folder  LibTorch's folder
#   tandem_scope         GLOBAL, or nothing: targets that are known in this folder and below it alone
include(${CMAKE_CURRENT_LIST_DIR}/LibTorch.cmake)

find_package(Threads REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)

find_package(PkgConfig REQUIRED)
pkg_check_modules(archive REQUIRED IMPORTED_TARGET ${tandem_scope} libarchive)
pkg_check_modules(crypto REQUIRED IMPORTED_TARGET ${tandem_scope} libcrypto)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET ${tandem_scope} libcurl)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET ${tandem_scope} libxxhash)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET ${tandem_scope} libutf8proc)
pkg_check_modules(jpeg REQUIRED IMPORTED_TARGET ${tandem_scope} libjpeg)
pkg_check_modules(png REQUIRED IMPORTED_TARGET ${tandem_scope} libpng)
pkg_check_modules(webp REQUIRED IMPORTED_TARGET ${tandem_scope} libwebp)
pkg_check_modules(tiff REQUIRED IMPORTED_TARGET ${tandem_scope} libtiff-4)
find_package(GIF 5.1 REQUIRED)
pkg_check_modules(cairo REQUIRED IMPORTED_TARGET ${tandem_scope} cairo cairo-svg cairo-pdf cairo-png)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET ${tandem_scope} tomlplusplus)
