"""What the atlas shows of itself: pictures and regions from the start, flights, the list beside the
map, the address that leads back, paper, colours."""

import pathlib
import re

import browser
import colour_vision

# Pixels of the layer over the points that are not empty.
DRAWN = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const map = document.getElementById("map");
  const bytes = map.getContext("2d").getImageData(0, 0, map.width, map.height).data;
  let drawn = 0;
  for (let i = 3; i < bytes.length; i += 4) drawn += bytes[i] > 0;
  done(drawn);
})))"""


class AtlasState(browser.PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make("atlas")

    def open_atlas(self, **options):
        page = self.open("atlas.html", **{"reduced_motion": "reduce", **options})
        self.wait_until(page, "performance.getEntriesByName('atlas-drawn').length > 0")
        return page

    def zoom(self, page):
        """As the address has it, once it has caught up."""
        page.wait_for_timeout(450)
        found = re.search(r"zoom=([0-9.]+)", page.evaluate("location.hash"))
        return float(found[1]) if found else 1.0

    def middle_of(self, page):
        box = page.locator("#map").bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def press(self, page, *keys):
        page.focus("#map")
        for key in keys:
            page.keyboard.press(key)

    def test_pictures_are_there_from_the_start_where_they_fit(self):
        page = self.open_atlas()
        self.press(page, "g")  # no regions: what is drawn over the points now are lines and pictures
        page.wait_for_timeout(500)
        with_pictures = page.evaluate(DRAWN)
        self.press(page, "t")
        without = page.evaluate(DRAWN)
        self.assertGreater(with_pictures - without, 5 * 30 * 30)
        self.press(page, "t", "g")
        self.keep(page, "atlas-start")

    def test_regions_are_drawn_from_far_fade_and_can_be_flown_to(self):
        page = self.open_atlas()
        self.assertGreater(page.locator("#regions button").count(), 2)
        words = page.locator("#regions button span").all_inner_texts()
        self.assertTrue(any("circle" in named for named in words), words)
        self.press(page, "t")
        far_on = page.evaluate(DRAWN)
        self.press(page, "g")
        self.assertEqual(page.get_attribute("#show-regions", "aria-pressed"), "false")
        self.assertGreater(far_on - page.evaluate(DRAWN), 1000)
        page.click("#regions button >> nth=0")
        self.assertAlmostEqual(self.zoom(page), 3, delta=0.01)
        for _ in range(18):
            page.keyboard.press("+")
        self.press(page, *["+"] * 10)
        near_off = page.evaluate(DRAWN)
        self.press(page, "g")
        self.assertEqual(page.evaluate(DRAWN), near_off)  # gone

    def test_the_search_flies_to_what_it_found(self):
        page = self.open_atlas(reduced_motion="no-preference")
        page.fill("#search", "stripe yellow")
        self.wait_until(page, "/zoom=/.test(location.hash)")
        self.assertGreater(self.zoom(page), 1.3)
        self.assertIn("search=stripe+yellow", page.evaluate("location.hash"))
        found = int(page.inner_text("#found").split()[0])
        captions = re.search(r"(\d+) captions", page.inner_text("#listed-heading"))
        self.assertEqual(int(captions[1]), found)  # all of them are in sight, and nothing else is lit
        page.press("#search", "Enter")
        self.assertEqual(page.evaluate("document.activeElement.id"), "map")
        self.assertIn("stripe", page.inner_text("#details"))

    def test_escape_leaves_the_search_box_and_then_the_search(self):
        page = self.open_atlas()
        self.press(page, "/")
        page.keyboard.type("red")
        page.keyboard.press("Escape")
        self.assertEqual(page.evaluate("document.activeElement.id"), "map")
        self.assertEqual(page.input_value("#search"), "red")
        page.keyboard.press("Escape")
        self.assertEqual(page.input_value("#search"), "")
        self.assertEqual(page.inner_text("#found"), "")

    def test_the_address_leads_back_to_place_search_point_selection_and_colours(self):
        page = self.open_atlas()
        page.fill("#search", "circle")
        page.press("#search", "Enter")
        self.press(page, "Space", "n", "+", "ArrowLeft", "g")
        page.select_option("#colour", "rank")
        page.wait_for_timeout(500)
        place = page.evaluate("location.hash")
        for part in ("at=", "zoom=", "search=circle", "point=", "selected=", "colour=rank", "regions=no"):
            self.assertIn(part, place)
        told = ["#details", "#selection-heading", "#listed-heading", "#found", "#legend"]
        before = [page.inner_text(part) for part in told]
        again = self.open_atlas(query=place)
        again.wait_for_timeout(600)
        self.assertEqual(again.evaluate("location.hash"), place)
        self.assertEqual([again.inner_text(part) for part in told], before)
        self.assertEqual(again.input_value("#search"), "circle")
        self.assertEqual(again.input_value("#colour"), "rank")
        # A link that is followed on the page itself does the same.
        again.evaluate("location.hash = 'search=stripe&pictures=no'")
        self.wait_until(again, "document.getElementById('found').textContent === '60 captions'")
        self.assertEqual(again.get_attribute("#show-thumbnails", "aria-pressed"), "false")

    def test_an_address_may_be_a_search_alone_or_nonsense(self):
        page = self.open_atlas(query="#stripe")
        self.assertEqual(page.inner_text("#found"), "60 captions")
        nonsense = "#at=x,9e999&zoom=-3&point=99999&selected=zz,5-2,,7-,900-99999999&colour=<b>&search=%E0%A4%A"
        page = self.open_atlas(query=nonsense)
        page.wait_for_timeout(500)
        self.assertTrue(page.locator("#details").is_hidden())
        self.assertTrue(page.locator("#selection").is_hidden())
        self.assertEqual(page.input_value("#colour"), "modality")

    def test_the_list_beside_the_map_holds_what_is_in_sight(self):
        page = self.open_atlas()
        page.wait_for_timeout(500)
        self.assertEqual(page.inner_text("#listed-heading"), "In sight: 121 pictures, 243 captions")
        self.assertEqual(page.locator("#listed button[data-point]").count(), 100)
        page.click("#listed .more")
        self.assertEqual(page.locator("#listed button[data-point]").count(), 121)
        page.wait_for_selector("#listed canvas.tiny[data-painted]")
        page.click("#regions button >> nth=0")
        page.wait_for_timeout(500)
        pictures = int(re.search(r"(\d+) picture", page.inner_text("#listed-heading"))[1])
        self.assertLess(pictures, 121)
        self.assertEqual(page.locator("#listed button[data-point]").count(), pictures)
        page.select_option("#listed-kind", "captions")
        words = page.inner_text("#listed button >> nth=0")
        page.click("#listed button >> nth=0")
        self.assertIn(words, page.inner_text("#details"))

    def test_paper_is_light_and_carries_the_points(self):
        page = self.open_atlas(scheme="dark")
        before = page.evaluate(DRAWN)
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        self.assertEqual(page.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
        self.assertGreater(page.evaluate(DRAWN), before + 2000)
        page.emulate_media(media="print")
        for hidden in (".tools.left", "#search-part", "#in-sight", ".keys"):
            self.assertFalse(page.locator(hidden).is_visible(), hidden)
        self.assertTrue(page.locator("#map").is_visible())
        self.keep(page, "atlas-print")
        page.emulate_media(media="screen")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        self.assertEqual(page.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(20, 23, 27)")
        paper = pathlib.Path(self.folder.name, "atlas.pdf")
        page.pdf(path=paper)
        self.assertGreater(paper.stat().st_size, 20_000)

    def test_ten_classes_have_colours_that_every_eye_tells_apart(self):
        text = pathlib.Path(self.folder.name, "atlas.html").read_text(encoding="utf-8")
        colours = re.findall(r"#[0-9a-f]{6}", re.search(r"kGroupColours = \[(.*?)\]", text)[1])
        self.assertEqual(len(set(colours)), 10)
        for sight in colour_vision.SIGHTS:
            self.assertGreater(colour_vision.least_distance(colours, sight), 0.07, sight)
        for colour in colours:
            for ground in ("#ffffff", "#14171b"):
                self.assertGreater(colour_vision.contrast(colour, ground), 1.7, (colour, ground))


if __name__ == "__main__":
    browser.main()
