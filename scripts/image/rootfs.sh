#!/bin/sh
# rootfs.sh FOLDER: what Node.js needs to run, and nothing else, copied from the Debian that this runs in. No shell, no
# package manager: what is not there cannot be used against us and has no weaknesses to patch.
set -eu
root=$1
node=$(readlink -f "$(command -v node)")

# Debian's records of the packages that files came from: scanners find the versions there, people the licences.
record() {
  package=$1
  mkdir -p "$root/var/lib/dpkg/status.d" "$root/usr/share/doc/$package"
  dpkg-query --status "$package" > "$root/var/lib/dpkg/status.d/$package"
  # A package may link to another's: to that file itself.
  copyright=$(readlink -f "/usr/share/doc/$package/copyright" || true)
  if [ -f "$copyright" ]; then cp "$copyright" "$root/usr/share/doc/$package/copyright"; fi
}

install -D -m 755 "$node" "$root/usr/local/bin/node"
for licence in /usr/local/LICENSE "$(dirname "$node")/../LICENSE"; do
  if [ -f "$licence" ]; then install -D -m 644 "$licence" "$root/usr/share/doc/node/copyright"; fi
done

# The loader and each library, under the name that the loader looks for.
for library in $(ldd "$node" | sed -nE 's/^(.* => )?[[:space:]]*(\/[^ ]+) \(0x.*$/\2/p'); do
  install -D -m 755 "$(readlink -f "$library")" "$root$library"
  # Where /lib is a link to /usr/lib, the records know the one name or the other.
  for name in "$library" "$(readlink -f "$library")" "/usr$(readlink -f "$library")"; do
    owner=$(dpkg-query --search "$name" 2>/dev/null | head -n 1 | sed 's/:.*//') || owner=
    if [ -n "$owner" ]; then record "$owner"; break; fi
  done
done

mkdir -p "$root/etc" "$root/tmp" "$root/home/nonroot"
chmod 1777 "$root/tmp"
echo 'root:x:0:0:root:/:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin' > "$root/etc/passwd"
echo 'root:x:0:
nonroot:x:65532:' > "$root/etc/group"
echo 'hosts: files dns' > "$root/etc/nsswitch.conf"
# Node brings certificate authorities of its own. Other programs' trust is asked for with --use-openssl-ca.
if [ -f /etc/debian_version ]; then cp /etc/os-release "$root/etc/os-release"; fi
"$root/usr/local/bin/node" --version > /dev/null
