# SPDX-FileCopyrightText: 2026 The Sockeye developers
# SPDX-License-Identifier: GPL-3.0-or-later

# `cpack` in the build folder of the preset `release` makes sockeye_<version>_<architecture>.deb.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME sockeye)
set(CPACK_PACKAGE_VENDOR "The Sockeye developers")
set(CPACK_PACKAGE_CONTACT "The Sockeye developers <sockeye@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION
"Sockeye serves, watches and tests Unix-domain sockets: start a server in three
clicks, see who connects and why somebody cannot, watch every byte and answer;
or put a tap between a running server and its clients and see both directions.

Everything it records is a pcapng capture that Wireshark opens. The same engine
is there for scripts, as subcommands that print JSON lines.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
# Else the folders would carry the umask of whoever builds the package.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
# Which packages hold the libraries is asked of dpkg-shlibdeps (package dpkg-dev).
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "tshark, wireshark")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "qt6-wayland")

include(CPack)
