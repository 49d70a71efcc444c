// What the page was sent with: words in its language, names of hazard kinds, the build.
export const config = JSON.parse(document.getElementById("config").textContent);

/** A word of the table; `{n}` and the like are filled in. */
export function say(key, filled = {}) {
  const text = config.words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => filled[name] ?? "");
}

export const kindName = (kind) => config.kinds[kind]?.[config.lang] ?? kind;
