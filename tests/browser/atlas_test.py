"""The atlas, walked through as a reader would: pointer, keys, search, lasso, files saved."""

import csv
import io
import pathlib

import browser


class Atlas(browser.PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make("atlas")

    def open_atlas(self, **options):
        # Flights arrive at once for readers who want no motion.
        page = self.open("atlas.html", **{"reduced_motion": "reduce", **options})
        self.wait_until(page, "performance.getEntriesByName('atlas-drawn').length > 0")
        return page

    def choose_caption(self, page, words):
        """Searches for the words, takes the first caption found and empties the search."""
        page.fill("#search", words)
        page.click("#results button >> nth=0")
        page.fill("#search", "")
        page.wait_for_selector("#results button", state="detached")

    def middle(self, page):
        box = page.locator("#map").bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, page, places):
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place)
        page.mouse.up()

    def lasso_everything(self, page):
        box = page.locator("#map").bounding_box()
        left, top, right, bottom = box["x"] + 2, box["y"] + 2, box["x"] + box["width"] - 2, box["y"] + box["height"] - 2
        page.click("#lasso")
        self.drag(page, [(left, bottom), (left, top + 4), (right, top + 4), (right, bottom), (left, bottom)])

    def pixel(self, page):
        """Colours on the map's points layer, counted: {"r,g,b": pixels}."""
        return page.evaluate("""() => {
            const from = document.getElementById("points"), to = document.createElement("canvas");
            to.width = from.width; to.height = from.height; const pen = to.getContext("2d");
            return new Promise((done) => requestAnimationFrame(() => { pen.drawImage(from, 0, 0); const seen = {};
              const d = pen.getImageData(0, 0, to.width, to.height).data;
              for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 200) {
                const k = [d[i], d[i + 1], d[i + 2]].map((v) => v >> 5).join(",");
                seen[k] = (seen[k] || 0) + 1;
              }
              done(seen); })); }""")

    def test_a_caption_found_is_shown_with_its_picture_rank_and_what_the_model_prefers(self):
        page = self.open_atlas()
        page.fill("#search", "RED circle blue")
        self.assertEqual(
            page.inner_text("#found"), "4 captions"
        )  # red circle on blue, blue circle on red, two captions each
        page.click("#results button >> nth=0")
        details = page.inner_text("#details")
        self.assertIn("red circle", details)
        self.assertRegex(details, r"Its picture is number \d+ of 121 for this caption, similarity 0\.\d{3}\.")
        self.assertIn("Class: circle", details)
        self.assertIn("Audit: ", details)
        self.assertEqual(page.locator("ol[aria-label='Pictures the model prefers'] button").count(), 8)
        self.assertIn("Caption: ", page.inner_text("#status"))
        page.wait_for_selector("#details canvas.big[data-painted]")
        page.wait_for_timeout(300)
        self.keep(page, "atlas-search")
        page.fill("#search", "no such words")
        self.assertEqual(page.inner_text("#found"), "No caption has all of these words.")

    def test_hovering_shows_picture_caption_and_neighbours_and_a_click_keeps_them(self):
        page = self.open_atlas()
        self.choose_caption(page, "yellow triangle on a black")
        page.click("text=Show on the map")
        page.click("#details button:has-text('Close')")
        self.assertTrue(page.locator("#details").is_hidden())
        page.mouse.move(*self.middle(page))
        page.wait_for_selector("#card:not([hidden])")
        card = page.inner_text("#card")
        self.assertRegex(card, "Nearest (pictures|captions)")
        self.assertRegex(card, r"shape\d+\.jpg")
        page.wait_for_selector("#card canvas.big[data-painted]")
        self.keep(page, "atlas-hover")
        page.mouse.click(*self.middle(page))
        self.assertTrue(page.locator("#details").is_visible())
        page.mouse.move(5, 5)
        page.wait_for_selector("#card", state="hidden")

    def test_wheel_and_keys_zoom_and_thumbnails_come_near(self):
        page = self.open_atlas()
        before = page.screenshot()
        page.mouse.move(*self.middle(page))
        for _ in range(4):
            page.mouse.wheel(0, -240)
        page.wait_for_timeout(800)
        self.keep(page, "atlas-zoom")
        self.assertNotEqual(page.screenshot(), before)
        page.keyboard.press("Tab")
        page.focus("#map")
        for key in ("0", "+", "ArrowLeft", "ArrowUp", "-", "t"):
            page.keyboard.press(key)
        self.assertEqual(page.get_attribute("#show-thumbnails", "aria-pressed"), "false")

    def test_the_keyboard_alone_walks_selects_and_lets_go(self):
        page = self.open_atlas()
        page.focus("#map")
        page.keyboard.press("n")
        first = page.inner_text("#status")
        self.assertTrue(first.startswith("Caption: "), first)
        page.keyboard.press("n")
        self.assertNotEqual(page.inner_text("#status"), first)
        page.keyboard.press("p")
        self.assertEqual(page.inner_text("#status"), first)
        page.keyboard.press("Space")
        self.assertIn("0 pictures, 1 caption", page.inner_text("#selection-heading"))
        page.keyboard.press("o")
        self.assertTrue(page.inner_text("#status").startswith("Picture "))
        page.keyboard.press("Escape")
        self.assertTrue(page.locator("#details").is_hidden())
        page.keyboard.press("Escape")
        self.assertTrue(page.locator("#selection").is_hidden())
        page.keyboard.press("/")
        self.assertEqual(page.evaluate("document.activeElement.id"), "search")

    def test_the_lasso_selects_what_it_goes_around_and_saves_csv_and_ids(self):
        page = self.open_atlas()
        self.lasso_everything(page)
        heading = page.inner_text("#selection-heading")
        self.assertEqual(heading, "Selected: 121 pictures, 243 captions")
        self.keep(page, "atlas-lasso")
        with page.expect_download() as saved:
            page.click("#save-csv")
        rows = list(csv.DictReader(io.StringIO(pathlib.Path(saved.value.path()).read_text(encoding="utf-8"))))
        self.assertEqual(len(rows), 364)
        self.assertEqual(rows[0]["kind"], "picture")
        self.assertIn('</script><img src=x onerror=alert(1)><b>markup</b> & "quotes"', [row["caption"] for row in rows])
        self.assertEqual({row["verdict"] for row in rows}, {"", "aligned", "ambiguous", "wrong caption"})
        with page.expect_download() as saved:
            page.click("#save-ids")
        ids = pathlib.Path(saved.value.path()).read_text(encoding="utf-8").split()
        self.assertEqual(len(ids), 121)
        self.assertIn("dot.jpg", ids)
        page.click("#clear-selection")
        self.assertTrue(page.locator("#selection").is_hidden())

    def test_the_lasso_takes_only_what_search_and_legend_let_through(self):
        page = self.open_atlas()
        page.fill("#search", "stripe")
        self.wait_until(page, "document.getElementById('found').textContent === '60 captions'")
        page.click("#legend button:has-text('captions')")
        self.lasso_everything(page)
        self.assertEqual(page.inner_text("#selection-heading"), "Selected: 0 pictures, 60 captions")

    def test_points_are_coloured_by_rank_class_and_verdict(self):
        page = self.open_atlas()
        self.assertEqual(
            page.locator("#colour option").all_inner_texts(),
            ["modality", "rank of the true partner", "class", "audit verdict"],
        )
        for value, entries in (
            ("rank", ["rank 1"]),
            ("label", ["circle", "square", "triangle", "stripe", "dot"]),
            ("verdict", ["aligned", "ambiguous", "wrong caption", "none given", "pictures"]),
        ):
            page.select_option("#colour", value)
            legend = page.inner_text("#legend")
            for entry in entries:
                self.assertIn(entry, legend)
            self.keep(page, f"atlas-colour-{value}")
        page.click("#legend button:has-text('ambiguous')")
        self.assertEqual(page.get_attribute("#legend button:has-text('ambiguous')", "aria-pressed"), "true")

    def test_both_renderers_draw_the_same_colours(self):
        seen = {}
        for renderer in ("webgl", "canvas"):
            page = self.open_atlas(query=f"?renderer={renderer}")
            if page.evaluate("document.documentElement.dataset.renderer") != renderer:
                print(f"this Chromium has no {renderer}; only the other was drawn")
                continue
            self.keep(page, f"atlas-{renderer}")
            if renderer == "canvas":
                seen = self.pixel(page)
                self.assertGreater(seen.get("0,3,5", 0), 500)  # pictures, #0072b2
                self.assertGreater(seen.get("6,3,1", 0), 500)  # captions, #c85200 over white

    def test_hostile_right_to_left_and_emoji_captions_are_text(self):
        page = self.open_atlas()
        page.fill("#search", "onerror")
        page.click("#results button >> nth=0")
        self.assertIn("<b>markup</b>", page.inner_text("#details"))
        self.assertEqual(page.locator("#details b, #results b").count(), 0)
        page.fill("#search", "كلب")
        words = page.locator("#results .words")
        self.assertEqual(words.evaluate("element => getComputedStyle(element).direction"), "rtl")
        page.fill("#search", "cafe naive")  # neither case nor accents matter
        self.assertEqual(page.inner_text("#found"), "1 caption")
        page.click("#results button >> nth=0")
        self.assertIn("👩‍👩‍👧‍👦", page.inner_text("#details"))
        page.wait_for_selector("#details canvas.big[data-painted]")  # a picture of one pixel
        self.keep(page, "atlas-emoji")

    def test_dark_and_phone_and_touch_are_usable(self):
        page = self.open_atlas(scheme="dark")
        self.assertEqual(page.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(20, 23, 27)")
        self.keep(page, "atlas-dark")
        page.emulate_media(color_scheme="light")
        self.wait_until(page, "getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)'")
        page = self.open_atlas(size=browser.PHONE, has_touch=True)
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 400)
        self.choose_caption(page, "green square on a red")
        page.evaluate("scrollTo(0, 0)")
        self.assertTrue(page.locator("#card").is_hidden())
        stage, details = page.locator(".stage").bounding_box(), page.locator("#details").bounding_box()
        self.assertGreaterEqual(details["y"], stage["y"] + stage["height"])  # below the map, not over it
        self.assertLess(details["y"], 700)
        words = page.locator("#details .head .words").first
        self.assertEqual(words.inner_text(), "a red square on a green ground")
        self.assertLessEqual(*words.evaluate("element => [element.scrollWidth, element.clientWidth + 1]"))
        self.keep(page, "atlas-phone")

    def test_controls_have_names_and_roles(self):
        page = self.open_atlas()
        for role, name in (
            ("button", "Zoom in"),
            ("button", "Lasso"),
            ("searchbox", "Search captions"),
            ("combobox", "Colour by"),
            ("application", "Map of pictures and captions"),
            ("status", None),
        ):
            self.assertEqual(
                page.get_by_role(role, name=name, exact=True).count() if name else page.get_by_role(role).count(),
                1,
                (role, name),
            )


if __name__ == "__main__":
    browser.main()
