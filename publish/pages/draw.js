/* Draws the pictures of a page from the data it carries. Nothing is loaded; no text is run as code (Vega's interpreter, `ast`).
   Belongs here: what all drawings share, and opening folded tables for paper. Does not belong here: what is drawn. */
(function () {
  "use strict";
  var INK = "#1b1b1b", SOFT = "#4a4a4a", LINE = "#d5d8dd";
  var config = {
    font: "system-ui, 'Segoe UI', Roboto, Arial, sans-serif",
    background: "#ffffff",
    view: { stroke: null },
    axis: { labelColor: INK, titleColor: INK, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal",
            gridColor: LINE, domainColor: SOFT, tickColor: SOFT, labelOverlap: "greedy", labelSeparation: 6, labelFlush: false },
    legend: { labelColor: INK, titleColor: INK, labelFontSize: 13, labelLimit: 0, symbolStrokeColor: INK, columns: 1, offset: 8, rowPadding: 3 }
  };
  var options = { ast: true, logLevel: 1, renderer: "svg", actions: false, defaultStyle: false, tooltip: false, mode: "vega-lite", config: config };

  function draw(block) {
    var place = document.getElementById(block.getAttribute("data-draws"));
    var drawing = JSON.parse(block.textContent);
    drawing.description = place.getAttribute("aria-label");
    place.hidden = false;
    return vegaEmbed(place.firstElementChild, drawing, options).then(function () {
      place.setAttribute("data-drawn", "yes");
    }).catch(function (problem) {
      place.removeAttribute("role");
      place.textContent = "The picture could not be drawn here; the table below has the same numbers.";
      place.setAttribute("data-drawn", "no");
      if (window.console) { console.error(problem); }
    });
  }

  function openForPaper() {
    document.querySelectorAll("details").forEach(function (one) { one.open = true; });
  }

  window.addEventListener("beforeprint", openForPaper);
  Promise.all(Array.prototype.map.call(document.querySelectorAll("script[data-draws]"), draw)).then(function () {
    document.documentElement.setAttribute("data-drawn", "all");
  });
}());
