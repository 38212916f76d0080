"use strict";
// Hides what is not looked for; everything is already on the page without it.
(() => {
  const form = document.querySelector(".search");
  const input = form.querySelector("input");
  const said = form.querySelector("output");
  const none = document.getElementById("none");
  const coins = document.querySelector(".coins");
  const buttons = coins ? [...coins.querySelectorAll("button")] : [];
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const stories = [...document.querySelectorAll(".story")].map((element) => ({
    element,
    text: fold(element.textContent),
    coins: element.dataset.coins.split(" "),
  }));
  const days = [...document.querySelectorAll(".day")];

  const show = () => {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    const chosen = buttons.filter((each) => each.ariaPressed === "true").map((each) => each.dataset.coin);
    let count = 0;
    for (const story of stories) {
      const wanted =
        words.every((word) => story.text.includes(word)) &&
        (chosen.length === 0 || chosen.some((coin) => story.coins.includes(coin)));
      story.element.hidden = !wanted;
      count += wanted;
    }
    for (const day of days) day.hidden = !day.querySelector(".story:not([hidden])");
    const asked = words.length + chosen.length > 0;
    none.hidden = count > 0 || !asked;
    said.textContent = asked ? `${count} of ${stories.length}` : "";
  };

  const clear = () => {
    input.value = "";
    for (const each of buttons) each.ariaPressed = "false";
    show();
  };

  for (const each of buttons) {
    each.addEventListener("click", () => {
      each.ariaPressed = String(each.ariaPressed !== "true");
      show();
    });
  }
  input.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== input && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      input.focus();
    } else if (event.key === "Escape") {
      clear();
      input.blur();
    }
  });
  // A link to a story must find it, whatever is hidden.
  window.addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.hidden) {
      clear();
      target.scrollIntoView();
    }
  });

  form.hidden = stories.length === 0;
  if (coins) coins.hidden = false;
  if (input.value) show();
})();
