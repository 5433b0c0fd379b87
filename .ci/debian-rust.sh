# shellcheck shell=bash
# Debian 13's Rust, the oldest that the manifests state; to be sourced after .ci/lib.sh.

version=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
debian_home=$PWD/target/debian-rust

# Debian's compiler and the libraries that it is linked to.
debian_compiler=(rustc "libstd-rust-$version" libstd-rust-dev libllvm19 libc6 libgcc-s1 libstdc++6 zlib1g libzstd1
  liblzma5 libxml2 libicu76 libffi8 libedit2 libbsd0 libmd0 libtinfo6)

fetch() { curl --fail --silent --location --max-time 300 "$@"; }

# Unpacks packages of Debian 13 below target/debian-rust; does not change the system.
debian_unpack() {
  [ "$(uname -m)" = x86_64 ] || return 1
  local tool mirror package file
  for tool in curl xz dpkg-deb awk; do command -v "$tool" >/dev/null || return 1; done
  mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null |
    head -n 1 | tr -d ' ' || true)
  mirror=${mirror:-http://deb.debian.org/debian}
  mkdir -p "$debian_home/root"
  if [ ! -s "$debian_home/index" ]; then
    fetch "${mirror%/}/dists/trixie/main/binary-amd64/Packages.xz" | xz --decompress >"$debian_home/index" || return 1
  fi
  for package; do
    [ ! -e "$debian_home/$package.unpacked" ] || continue
    file=$(awk -v RS= -v start="Package: $package" -F'\n' '$1 == start {
      for (line = 2; line <= NF; line++) if (sub(/^Filename: /, "", $line)) { print $line; exit }
    }' "$debian_home/index")
    [ -n "$file" ] || return 1
    fetch "${mirror%/}/$file" --output "$debian_home/package.deb" || return 1
    dpkg-deb --extract "$debian_home/package.deb" "$debian_home/root" || return 1
    rm "$debian_home/package.deb"
    touch "$debian_home/$package.unpacked"
  done
}

# Unpacks Debian's compiler, with packages of more standard libraries, and writes a wrapper script for it.
debian_rustc() {
  debian_unpack "${debian_compiler[@]}" "$@" || return 1
  # Debian's loader with Debian's libraries, whatever the system has.
  local loader=$debian_home/root/usr/lib/x86_64-linux-gnu
  cat >"$debian_home/rustc" <<END
#!/bin/sh
exec "$loader/ld-linux-x86-64.so.2" --library-path "$loader" --argv0 "$debian_home/root/usr/bin/rustc" \\
  "$debian_home/root/usr/bin/rustc" --sysroot "$debian_home/root/usr" "\$@"
END
  chmod +x "$debian_home/rustc"
}

# Fails unless $RUSTC is the oldest Rust.
is_oldest_rust() {
  case $("$RUSTC" --version) in
    "rustc $version."*) "$RUSTC" --version ;;
    *) echo "error: $RUSTC is not Rust $version" >&2; return 1 ;;
  esac
}
