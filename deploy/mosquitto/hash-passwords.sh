#!/bin/sh
# Lines of FILE, NAME:PASSWORD, become NAME:HASH; with mosquitto's own program, here or in its image.
set -eu
folder=$(cd "$(dirname "$1")" && pwd)
file=$(basename "$1")
if command -v mosquitto_passwd > /dev/null; then
    mosquitto_passwd -U "$folder/$file"
else
    image=$(sed -n 's/^ *image: *\(eclipse-mosquitto:.*\)$/\1/p' "$(dirname "$0")/../../docker-compose.yml")
    docker run --rm --network none -v "$folder:/passwords" "$image" mosquitto_passwd -U "/passwords/$file"
fi
chmod 644 "$folder/$file"
