#!/usr/bin/env bash
# Unpacks the archives into classes and links resources and manifest with aapt2, as tests find them.
#
#   link.sh APP OUT ANDROID_JAR     APP: the app's src/main; OUT: the module's target folder
set -euo pipefail
app=$(realpath "$1") out=$(realpath "$2") android=$(realpath "$3")
package=org.gridweave.app
rm -rf "$out/classes" "$out/test-classes" "$out/unpacked" "$out/compiled" "$out/r"
mkdir -p "$out/classes/com/android/tools" "$out/test-classes" "$out/unpacked" "$out/compiled" "$out/r" "$out/assets"

for part in main test; do
    case $part in main) classes=$out/classes ;; test) classes=$out/test-classes ;; esac
    for archive in "$out/archives/$part"/*; do
        name=$(basename "$archive")
        case $name in
            *.jar) unzip -qo "$archive" -x META-INF/MANIFEST.MF -d "$classes" ;;
            *.aar)
                unzip -qo "$archive" -d "$out/unpacked/$name"
                find "$out/unpacked/$name" -name '*.jar' -exec unzip -qo {} -d "$classes" \;
                ;;
        esac
    done
done

packages=()
for folder in "$out"/unpacked/*; do
    [ -e "$out/archives/main/$(basename "$folder")" ] || continue
    packages+=("$(sed -n 's/.*package="\([^"]*\)".*/\1/p' "$folder/AndroidManifest.xml" | head -n 1)")
    if [ -n "$(find "$folder/res" -type f -print -quit 2>/dev/null)" ]; then
        aapt2 compile --dir "$folder/res" -o "$out/compiled/$(basename "$folder").zip"
    fi
done
# Last, so that the app's resources lie over those of the libraries.
aapt2 compile --dir "$app/res" -o "$out/compiled/~app.zip"

# Gradle knows the package from the namespace; the blank activity is what Compose's tests of single screens run in.
blank='<activity android:name="androidx.activity.ComponentActivity" android:exported="true"/>'
# Distributions' aapt2 is of Android 10 and knows no `queries`, which came with 11.
sed -e "s|<manifest |<manifest package=\"$package\" |" -e "s|</application>|$blank</application>|" \
    -e '/<queries>/,/<\/queries>/d' "$app/AndroidManifest.xml" >"$out/AndroidManifest.xml"
aapt2 link -I "$android" --manifest "$out/AndroidManifest.xml" --auto-add-overlay \
    --min-sdk-version 26 --target-sdk-version 34 --version-code 1 --version-name 0.1.0 \
    --extra-packages "$(IFS=:; echo "${packages[*]}")" --java "$out/r" -o "$out/resources.apk" "$out"/compiled/*.zip

cat >"$out/classes/com/android/tools/test_config.properties" <<END
android_merged_manifest=$out/AndroidManifest.xml
android_resource_apk=$out/resources.apk
android_merged_assets=$out/assets
android_custom_package=$package
END
