"use strict";
// Hides what is not looked for and tells times as the reader's clock does; all is on the page without it.
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const main = one("#stories");
  const form = one(".filters");
  const words = one("#words");
  const outlet = one("#outlet");
  const said = one("output", form);
  const none = one("#none");
  const coins = all("[data-coin]", form);
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const stories = all(".story").map((element) => ({
    element,
    text: fold(element.textContent),
    coins: element.dataset.coins.split(" "),
    outlets: element.dataset.outlets.split(" "),
  }));

  // --- Times ---
  const english = document.documentElement.lang.startsWith("en");
  const told = (options) => new Intl.DateTimeFormat(english ? "en-GB" : document.documentElement.lang, options);
  const clock = told({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const weekday = told({ weekday: "long" });
  const date = told({ day: "numeric", month: "long", year: "numeric" });
  const short = told({ day: "numeric", month: "short" });
  const named = (day) => {
    const ago = Math.round((new Date().setHours(12, 0, 0, 0) - new Date(day).setHours(12, 0, 0, 0)) / 86400000);
    return english && ago === 0 ? "Today" : english && ago === 1 ? "Yesterday" : "";
  };
  const localise = () => {
    const old = all(".day", main);
    let section = null;
    let last = "";
    for (const { element } of stories) {
      const time = one(".time time", element);
      const at = new Date(time.dateTime);
      time.textContent = clock.format(at);
      for (const copy of all("details time", element)) {
        const then = new Date(copy.dateTime);
        const day = then.toDateString() === at.toDateString() ? "" : short.format(then) + " ";
        copy.textContent = day + clock.format(then);
      }
      if (at.toDateString() !== last) {
        last = at.toDateString();
        section = old[0].cloneNode(false);
        const heading = one("h2", old[0]).cloneNode(true);
        heading.id = "d-" + [at.getFullYear(), at.getMonth() + 1, at.getDate()].join("-");
        section.setAttribute("aria-labelledby", heading.id);
        one("time", heading).dateTime = `${at.getFullYear()}-${`0${at.getMonth() + 1}`.slice(-2)}-${`0${at.getDate()}`.slice(-2)}`;
        one("b", heading).textContent = named(at) || weekday.format(at);
        one("span", heading).textContent = (named(at) ? weekday.format(at) + ", " : "") + date.format(at);
        section.append(heading);
        main.insertBefore(section, none);
      }
      section.append(element);
    }
    for (const each of old) each.remove();
    one("#zone").textContent = Intl.DateTimeFormat().resolvedOptions().timeZone || "as on your clock";
  };
  const ago = (then) => {
    const minutes = Math.round((then - Date.now()) / 60000);
    const [count, unit] =
      Math.abs(minutes) < 60 ? [minutes, "minute"]
      : Math.abs(minutes) < 2880 ? [Math.round(minutes / 60), "hour"]
      : [Math.round(minutes / 1440), "day"];
    return new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" }).format(count, unit);
  };
  const freshen = () => {
    const updated = one("#updated");
    if (!updated) return;
    const at = new Date(updated.dateTime);
    updated.textContent = `${ago(at)} (${clock.format(at)}, ${short.format(at)})`;
  };

  // --- Filters ---
  const chosen = () => coins.filter((each) => each.ariaPressed === "true").map((each) => each.dataset.coin);
  const name = () => (outlet && outlet.value ? outlet.selectedOptions[0].dataset.name : "");
  const show = () => {
    const wanted = fold(words.value).split(/\s+/).filter(Boolean);
    const about = chosen();
    const from = outlet ? outlet.value : "";
    let count = 0;
    for (const story of stories) {
      const found =
        wanted.every((word) => story.text.includes(word)) &&
        (about.length === 0 || about.some((coin) => story.coins.includes(coin))) &&
        (!from || story.outlets.includes(from));
      story.element.hidden = !found;
      count += found;
    }
    for (const day of all(".day", main)) day.hidden = !one(".story:not([hidden])", day);
    const asked = Boolean(wanted.length || about.length || from);
    none.hidden = count > 0 || !asked;
    one(".clear", form).hidden = !asked;
    said.textContent = !asked ? "" : count ? `${count} of ${stories.length} stories` : "Nothing found";
  };
  // What is looked for stands in the address, so that it can be kept and sent: #q=bridge&coin=ETH&outlet=Name
  const keep = () => {
    const state = new URLSearchParams();
    if (words.value.trim()) state.set("q", words.value.trim());
    for (const coin of chosen()) state.append("coin", coin);
    if (name()) state.set("outlet", name());
    const hash = String(state);
    if (hash || /[=]/.test(location.hash)) history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  };
  const changed = () => { show(); keep(); };
  const clear = () => {
    words.value = "";
    if (outlet) outlet.value = "";
    for (const each of coins) each.ariaPressed = "false";
    changed();
  };
  const follow = () => {
    const hash = location.hash.slice(1);
    if (hash.includes("=")) {
      const state = new URLSearchParams(hash);
      words.value = state.get("q") || "";
      if (outlet) {
        const found = [...outlet.options].find((each) => each.dataset.name === state.get("outlet"));
        outlet.value = found ? found.value : "";
      }
      for (const each of coins) each.ariaPressed = String(state.getAll("coin").includes(each.dataset.coin));
      show();
      return;
    }
    // A link to a story must find it, whatever is hidden.
    const target = stories.find((story) => story.element.id === hash);
    if (target && target.element.hidden) {
      clear();
      history.replaceState(null, "", `#${hash}`);
      target.element.scrollIntoView();
    }
  };

  // --- Keys ---
  const switched = one("#keys input");
  const store = {
    get: () => { try { return localStorage.getItem("keys"); } catch { return null; } },
    set: (value) => { try { localStorage.setItem("keys", value); } catch { /* not remembered then */ } },
  };
  const current = () => stories.findIndex((story) => story.element.contains(document.activeElement));
  const step = (by) => {
    const seen = stories.filter((story) => !story.element.hidden).map((story) => story.element);
    let at = seen.indexOf(stories[current()]?.element) + by;
    // From nowhere: the first story whose beginning is on the screen.
    if (current() < 0) at = Math.max(0, seen.findIndex((each) => each.getBoundingClientRect().top >= 0));
    const next = seen[Math.min(Math.max(at, 0), seen.length - 1)];
    if (!next) return;
    (one("h3 a", next) || one(".time", next)).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const unfold = () => {
    const details = current() < 0 ? null : one("details", stories[current()].element);
    if (details) details.open = !details.open;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") {
      clear();
      if (form.contains(document.activeElement)) document.activeElement.blur();
      return;
    }
    if (!switched.checked || event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    const does = { "/": () => words.focus(), j: () => step(1), k: () => step(-1), o: unfold }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });

  for (const each of coins) {
    each.addEventListener("click", () => {
      each.ariaPressed = String(each.ariaPressed !== "true");
      changed();
    });
  }
  for (const each of all(".clear")) {
    each.addEventListener("click", () => {
      clear();
      words.focus();
    });
  }
  words.addEventListener("input", changed);
  if (outlet) outlet.addEventListener("change", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", follow);
  switched.checked = store.get() !== "off";
  switched.addEventListener("change", () => store.set(switched.checked ? "on" : "off"));
  document.addEventListener("visibilitychange", freshen);

  if (stories.length === 0) return;
  localise();
  freshen();
  form.hidden = false;
  one("#keys").hidden = false;
  follow();
  if (words.value) show();
})();
