// Day and night without loading anew, so that the sound stays allowed.
import { say } from "./config.js";
import { setText } from "./dom.js";

const link = document.getElementById("theme");
const root = document.documentElement;

link.addEventListener("click", (event) => {
  event.preventDefault();
  const theme = root.dataset.theme === "night" ? "day" : "night";
  root.dataset.theme = theme;
  document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax`;
  setText(link, say(theme === "night" ? "theme_day" : "theme_night"));
});
