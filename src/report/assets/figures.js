// Draws each figure: its Vega-Lite specification is data (NAME.vl.json), its numbers come from the store.
// In a specification "$word" is replaced by a word of the run, {"$wide": a, "$narrow": b} by what fits a screen or a telephone, and
// {"$each": "list", "of": part} by one part for each entry of the list, whose own words hold in it. Specifications share "theme".
(function () {
  "use strict";
  function read(id) { return JSON.parse(document.getElementById(id).textContent); }
  var words = read("words"), figures = read("figures"), data = read("data");

  var narrow = document.documentElement.clientWidth < 640;

  function fill(part, own) {
    if (Array.isArray(part)) return part.map(function (one) { return fill(one, own); });
    if (part && typeof part === "object") {
      if ("$wide" in part) return fill(narrow ? part.$narrow : part.$wide, own);
      if ("$each" in part) return words[part.$each].map(function (entry) { return fill(part.of, entry); });
      var out = {};
      Object.keys(part).forEach(function (key) { out[key] = fill(part[key], own); });
      return out;
    }
    if (typeof part === "string" && part.charAt(0) === "$") {
      var word = part.slice(1);
      if (own && word in own) return own[word];
      if (word in words) return words[word];
    }
    return part;
  }

  // what is wider than its place says so: on a telephone nothing else shows that it scrolls
  function hint(place) {
    if (place.scrollWidth <= place.clientWidth + 4 || !place.clientWidth) return;
    var note = document.createElement("p");
    note.className = "sideways";
    note.textContent = "Wider than this screen: scroll sideways \u2192";
    place.parentNode.insertBefore(note, place);
  }

  var options = {
    mode: "vega-lite", renderer: "svg", ast: true, expr: vega.expressionInterpreter, defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
    actions: { export: true, source: false, compiled: false, editor: false }
  };

  Array.prototype.forEach.call(document.querySelectorAll("[data-figure]"), function (place) {
    var name = place.getAttribute("data-figure"), spec = fill(figures[name], null);
    if (!data[name] || data[name].length === 0) {
      place.textContent = "Nothing to show in this run.";
      return;
    }
    spec.datasets = {};
    Object.keys(data).forEach(function (key) { if (key.indexOf(name) === 0) spec.datasets[key] = data[key]; });
    spec.config = figures.theme;
    vegaEmbed(place, spec, Object.assign({ downloadFileName: "islet-" + name }, options)).then(function () {
      hint(place);
    }).catch(function (problem) {
      place.textContent = "This figure could not be drawn (" + problem.message + "); its numbers are in the table below.";
    });
  });
  Array.prototype.forEach.call(document.querySelectorAll(".scroll"), hint);
})();
