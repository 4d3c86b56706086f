# Debian packages that pip and npm cannot bring: found, installed where that is allowed, else asked for. Sourced.

# The first Python from 3.11 on that can make virtual environments; nothing where there is none.
find_python() {
  local python
  for python in "${PYTHON:-python3}" /usr/bin/python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$python"
      return
    fi
  done
}

has_postgis() {
  local control bin
  for control in /usr/share/postgresql/*/extension/postgis.control; do
    bin=/usr/lib/postgresql/$(basename "$(dirname "$(dirname "$control")")")/bin
    [ ! -x "$bin/initdb" ] || return 0
  done
  return 1
}

# Ubuntu's chromium-browser only sends people to another shop; install.py then fetches Playwright's own.
has_chromium() { command -v chromium google-chrome >/dev/null || is_ubuntu; }

is_ubuntu() { grep -qs '^ID=ubuntu' /etc/os-release; }

# Evolution's reader of calendars, one of those that the feeds are tried with.
has_libical() { compgen -G '/usr/lib*/*/libical.so.3' >/dev/null || compgen -G '/usr/lib*/libical.so.3' >/dev/null; }

missing_packages() { # [--test]
  [ -n "${python:=$(find_python)}" ] || echo python3 python3-venv
  if [ "${1:-}" = --test ] || [ -z "${DATABASE_URL:-}" ]; then has_postgis || postgis_package; fi
  [ "${1:-}" != --test ] || has_chromium || echo chromium
  [ "${1:-}" != --test ] || has_libical || echo libical3
}

# The program alone, for tests of calendars behind it: the package would start a server for the whole machine.
nginx_beside=var/nginx/usr/sbin/nginx

fetch_nginx() {
  if command -v nginx >/dev/null || [ -x "$nginx_beside" ] || ! command -v apt-get >/dev/null; then return 0; fi
  mkdir -p var/nginx
  (cd var/nginx && { apt-get -qq download nginx >&2 || { as_root apt-get -qq update >&2 && apt-get -qq download nginx >&2; } } &&
    dpkg-deb -x nginx_*.deb . && rm nginx_*.deb) || echo "nginx cannot be fetched: its tests are left out." >&2
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# The package that follows the distribution's PostgreSQL, or the newest numbered one where there is none.
postgis_package() {
  local numbered
  if command -v apt-cache >/dev/null && [ -z "$(apt-cache show postgresql-postgis 2>/dev/null)" ]; then
    numbered=$(apt-cache pkgnames postgresql- 2>/dev/null | grep -E '^postgresql-[0-9]+-postgis-3$' | sort -V | tail -1)
  fi
  echo "${numbered:-postgresql-postgis}"
}

ensure_system_packages() { # [--test]; leaves the interpreter in $python
  local missing root=()
  python=$(find_python)
  missing=$(missing_packages "$@" | xargs)
  [ -n "$missing" ] || return 0
  [ "$(id -u)" = 0 ] || root=(sudo -n)
  if command -v apt-get >/dev/null && { [ ${#root[@]} = 0 ] || sudo -n true 2>/dev/null; }; then
    "${root[@]}" bash -euo pipefail -c '. script/lib/system.sh; install_packages "$@"' install "$@"
    python=$(find_python)
    missing=$(missing_packages "$@" | xargs)
    [ -n "$missing" ] || return 0
    echo "Still missing after the installation: $missing" >&2
    exit 1
  fi
  echo "System packages are missing, and only an administrator can install them. Ask for:" >&2
  echo >&2
  if command -v apt-get >/dev/null; then
    echo "    sudo apt-get update && sudo apt-get install --yes --no-install-recommends $missing" >&2
  else
    echo "    Python 3.11 or later with venv, PostgreSQL with PostGIS (this machine has no apt-get): $missing" >&2
  fi
  echo >&2
  echo "then start this command again." >&2
  exit 1
}

install_packages() { # as root; [--test]
  local no_main=/etc/postgresql-common/createcluster.d/fablabmesh.conf
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=600 -qq update >&2
  # A server for the whole machine is not wanted, unless there is one already: ours is private, below var/.
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    trap "rm -f $no_main" EXIT
    mkdir -p "$(dirname "$no_main")"
    echo 'create_main_cluster = false' >"$no_main"
  fi
  # Names are looked up only now: before the update, apt may know none. Words are split on purpose.
  # shellcheck disable=SC2046
  apt-get -o DPkg::Lock::Timeout=600 -qq install --yes --no-install-recommends $(missing_packages "$@") >&2
}
