#!/bin/sh
# Makes the secrets that are missing, each a file of its own; the rest stays as it is. deploy/secrets.sh [FOLDER]
set -eu
cd "$(dirname "$0")"
here=$(pwd)
folder=${1:-secrets}
# Containers read the files under users of their own, so the folder is what keeps others out.
umask 022
mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"

random() { openssl rand -hex 32; }
make() { [ -e "$1" ] || { "$2" > "$1.new"; mv "$1.new" "$1"; echo "made $1"; }; }

for name in mqtt-password postgres-password influx-password influx-token grafana-password link-secret board-password; do
    make "$name" random
done
# What Grafana reads InfluxDB with; a token that may only read is better (docs/operations.md, Secrets).
copy_of_token() { cat influx-token; }
make influx-read-token copy_of_token
# The webhook: empty is off.
make webhook-url :
make webhook-secret :

# The board's door: who may come in. More people: a line each, NAME:HASH, with the hash that openssl passwd -6 prints.
door_passwords() { printf 'duty:%s\n' "$(openssl passwd -6 -stdin < board-password)"; }
make door-passwords door_passwords

# The broker: the service's own password. Devices and terminals: docs/operations.md, Devices.
if [ ! -e mosquitto-passwords ]; then
    printf 'fengshao:%s\n' "$(cat mqtt-password)" > mosquitto-passwords.new
    "$here"/mosquitto/hash-passwords.sh mosquitto-passwords.new
    mv mosquitto-passwords.new mosquitto-passwords
    echo "made mosquitto-passwords"
fi
