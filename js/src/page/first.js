// Runs first, in any browser: says why there is only a picture where the player cannot be.
;(() => {
  var root = document.documentElement
  root.dataset.state = "opening"
  window.btlStill = (why) => {
    root.dataset.state = "still"
    var place = document.getElementById("btl-why")
    if (place) place.textContent = `This is a picture of the run; the player could not open: ${why}.`
  }
  // A browser too old for the player's script fails while reading it, and nothing of it runs.
  window.addEventListener("error", (event) => {
    if (root.dataset.state === "opening") window.btlStill(event.message)
  })
  document.addEventListener("DOMContentLoaded", () => {
    if (!document.getElementById("btl-end")) window.btlStill("the file is cut short; copy or download it again")
    if (!("DecompressionStream" in window))
      window.btlStill("this browser cannot unpack its data; Chrome 80, Firefox 113, Safari 16.4 or later can")
  })
})()
