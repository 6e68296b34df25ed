"""The page of a report: without script, on a phone, in the dark, on paper."""

import browser


class Report(browser.PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make("report")

    def colour(self, page, selector, name):
        return page.locator(selector).first.evaluate(f"element => getComputedStyle(element).{name}")

    def test_the_page_is_whole_without_script(self):
        page = self.open("report.html", java_script_enabled=False)
        self.assertEqual(page.locator("h2").all_inner_texts(), ["Contents", "Results", "Pairs"])
        self.assertEqual(page.locator("svg").count(), 1)
        self.assertEqual(page.locator(".card").count(), 4)
        page.click("nav a:has-text('Pairs')")
        self.assertTrue(page.url.endswith("#pairs"))
        self.keep(page, "report")

    def test_hostile_captions_are_text(self):
        page = self.open("report.html")
        self.assertEqual(page.locator("main b, main script").count(), 0)
        self.assertIn("<b>markup</b>", page.inner_text("main"))

    def test_charts_follow_the_dark_setting(self):
        light, dark = self.open("report.html"), self.open("report.html", scheme="dark")
        for selector, name in (("svg .f-ink", "fill"), ("svg .f-aligned", "fill"), ("body", "backgroundColor")):
            self.assertNotEqual(self.colour(light, selector, name), self.colour(dark, selector, name), selector)
        self.assertNotEqual(self.colour(dark, "svg .f-ink", "fill"), self.colour(dark, "body", "backgroundColor"))
        self.keep(dark, "report-dark")

    def test_a_phone_needs_no_sideways_scrolling(self):
        page = self.open("report.html", size=browser.PHONE)
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), browser.PHONE["width"])
        self.keep(page, "report-phone")

    def test_paper_is_light_and_has_no_contents(self):
        page = self.open("report.html", scheme="dark")
        page.emulate_media(media="print", color_scheme="dark")
        self.assertFalse(page.locator("nav").is_visible())
        self.assertEqual(self.colour(page, "body", "backgroundColor"), "rgb(255, 255, 255)")


if __name__ == "__main__":
    browser.main()
