"use strict";
{
  const byId = (id) => document.getElementById(id);
  const filter = byId("filter");
  const names = ["outcome", "level", "group"];
  const requirements = [...document.querySelectorAll(".requirement")];
  const findings = [...document.querySelectorAll("details.finding")];
  const words = new Map();

  const text = (requirement) => {
    if (!words.has(requirement)) words.set(requirement, requirement.textContent.toLowerCase());
    return words.get(requirement);
  };

  const apply = () => {
    const sought = byId("text").value.trim().toLowerCase();
    let shown = 0;
    for (const one of requirements) {
      const fits = names.every((name) => ["", one.dataset[name]].includes(byId(name).value));
      one.hidden = !(fits && (sought === "" || text(one).includes(sought)));
      shown += !one.hidden;
    }
    for (const group of document.querySelectorAll(".group"))
      group.hidden = !group.querySelector(".requirement:not([hidden])");
    byId("count").textContent = `${shown} of ${requirements.length} requirements shown`;
  };

  const choose = (values) => {
    byId("text").value = "";
    for (const name of names) byId(name).value = values[name] ?? "";
    apply();
  };

  const unfold = (open) => {
    for (const finding of findings) finding.open = open;
    byId("unfold").textContent = open ? "Close findings" : "Open findings";
  };

  // The style sheet unfolds everything on paper, but not in every browser that is still in use.
  const unfoldAll = () => {
    const folded = document.querySelectorAll("details:not([open])");
    for (const one of folded) one.open = true;
    addEventListener("afterprint", () => folded.forEach((one) => (one.open = false)), { once: true });
  };

  const follow = () => {
    const target = byId(location.hash.slice(1));
    if (!target?.matches(".requirement")) return;
    if (target.hidden) choose({});
    for (const finding of target.querySelectorAll("details")) finding.open = true;
    target.scrollIntoView();
  };

  filter.hidden = false;
  filter.addEventListener("input", apply);
  byId("clear").addEventListener("click", () => choose({}));
  byId("unfold").addEventListener("click", () => unfold(!findings.some((finding) => finding.open)));
  for (const link of document.querySelectorAll(".matrix a"))
    link.addEventListener("click", () => choose(link.dataset));
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", unfoldAll);
  apply();
  follow();
}
