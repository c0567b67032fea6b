// Draws each figure: its Vega-Lite specification is data (NAME.vl.json), its numbers come from the store.
// "$word" in a specification is replaced by a word of the run; specifications share "theme".
(function () {
  "use strict";
  function read(id) { return JSON.parse(document.getElementById(id).textContent); }
  var words = read("words"), figures = read("figures"), data = read("data");

  function fill(part) {
    if (Array.isArray(part)) return part.map(fill);
    if (part && typeof part === "object") {
      var out = {};
      Object.keys(part).forEach(function (key) { out[key] = fill(part[key]); });
      return out;
    }
    if (typeof part === "string" && part.charAt(0) === "$" && part.slice(1) in words) return words[part.slice(1)];
    return part;
  }

  var options = {
    mode: "vega-lite", renderer: "svg", ast: true, expr: vega.expressionInterpreter, defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
    actions: { export: true, source: false, compiled: false, editor: false }
  };

  Array.prototype.forEach.call(document.querySelectorAll("[data-figure]"), function (place) {
    var name = place.getAttribute("data-figure"), spec = fill(figures[name]);
    if (!data[name] || data[name].length === 0) {
      place.textContent = "Nothing to show in this run.";
      return;
    }
    spec.datasets = {};
    Object.keys(data).forEach(function (key) { if (key.indexOf(name) === 0) spec.datasets[key] = data[key]; });
    spec.config = figures.theme;
    vegaEmbed(place, spec, Object.assign({ downloadFileName: "islet-" + name }, options)).catch(function (problem) {
      place.textContent = "This figure could not be drawn (" + problem.message + "); its numbers are in the table below.";
    });
  });
})();
