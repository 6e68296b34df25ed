"""The page of examples: sections, filters, a phone, paper."""

import browser


class Examples(browser.PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make("examples")

    def test_three_sections_tell_ranks_similarities_and_what_was_preferred(self):
        page = self.open("examples.html")
        self.assertEqual(page.locator("h2").all_inner_texts(), ["Best aligned", "Near misses", "Worst aligned"])
        card = page.locator("#near-misses .card").first
        self.assertRegex(
            card.locator(".verdict").inner_text(),
            r"Picture #[2-5] for the caption, caption #1 for the picture, similarity 0\.\d{3}",
        )
        self.assertEqual(card.locator(".preferred-pictures h3").inner_text(), "For this caption the model preferred")
        self.assertEqual(card.locator(".thumbnails .own").count(), 1)
        self.assertIn("rank 1: 41.2% (100)", page.inner_text(".shares"))
        self.keep(page, "examples")

    def test_green_marks_true_captions_and_pictures_alone(self):
        page = self.open("examples.html")
        others = page.locator(".preferred-captions .rank")
        self.assertGreater(others.count(), 0)
        self.assertEqual(page.locator(".preferred-captions .rank.near").count(), 0)
        own = page.locator(".card .others .rank")
        for i in range(own.count()):
            self.assertRegex(own.nth(i).inner_text(), r"✓ #\d+")
        green = page.evaluate("getComputedStyle(document.querySelector('.rank.near')).color")
        for i in range(min(others.count(), 10)):
            self.assertNotEqual(others.nth(i).evaluate("element => getComputedStyle(element).color"), green)
        best = page.locator("#best-aligned .card").first
        self.assertEqual(best.locator(".preferred-pictures h3").inner_text(), "Next best pictures for this caption")

    def test_thumbnails_are_whole_and_enlarge_by_pointer_and_keyboard(self):
        page = self.open("examples.html")
        fit = page.locator(".thumbnails img").first.evaluate("element => getComputedStyle(element).objectFit")
        self.assertEqual(fit, "contain")
        card = page.locator(".card:has(figure button[aria-label*='shape'])").first
        card.locator("figure button.enlarge").click()
        dialog = page.locator("dialog.large")
        self.assertTrue(dialog.is_visible())
        shown = dialog.locator("img").bounding_box()
        self.assertGreater(shown["width"], 300)
        self.assertAlmostEqual(shown["width"] / shown["height"], 240 / 160, delta=0.02)
        self.assertIn(card.locator("blockquote").inner_text(), dialog.inner_text())
        self.keep(page, "examples-large")
        page.keyboard.press("Escape")
        self.assertFalse(dialog.is_visible())
        page.keyboard.press("Enter")  # the button that was pressed has the focus again
        self.assertTrue(dialog.is_visible())
        dialog.locator("button.close").click()
        self.assertFalse(dialog.is_visible())
        page.locator(".thumbnails button.enlarge").first.click()
        page.mouse.click(4, 4)  # beside the picture
        self.assertFalse(dialog.is_visible())
        page = self.open("examples.html", size=browser.PHONE, has_touch=True)
        page.locator(".card figure button.enlarge").first.tap()
        box = page.locator("dialog.large").bounding_box()
        self.assertLessEqual(box["width"], 400)
        self.keep(page, "examples-large-phone")

    def test_filters_show_one_section_and_the_address_remembers_it(self):
        page = self.open("examples.html")
        page.click(".filters button:has-text('Near misses')")
        self.assertEqual(
            [page.locator(f"#{part}").is_visible() for part in ("best-aligned", "near-misses", "worst-aligned")],
            [False, True, False],
        )
        page = self.open("examples.html", query="#worst-aligned")
        self.assertFalse(page.locator("#near-misses").is_visible())
        self.assertEqual(page.locator(".filters [aria-pressed=true]").inner_text().split(" (")[0], "Worst aligned")
        page.click(".filters button:has-text('All')")
        self.assertTrue(page.locator("#near-misses").is_visible())

    def test_hostile_captions_are_text_and_right_to_left_ones_turn(self):
        page = self.open("examples.html")
        self.assertEqual(page.locator("main b").count(), 0)
        arabic = page.locator("blockquote:has-text('كلب')")
        if arabic.count():
            self.assertEqual(arabic.first.evaluate("element => getComputedStyle(element).direction"), "rtl")

    def test_it_reads_on_a_phone_in_the_dark_and_on_paper(self):
        page = self.open("examples.html", size=browser.PHONE)
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 400)
        self.keep(page, "examples-phone")
        page = self.open("examples.html", scheme="dark")
        self.keep(page, "examples-dark")
        page = self.open("examples.html", scheme="dark")
        page.emulate_media(media="print")
        self.assertFalse(page.locator(".filters").is_visible())
        self.assertEqual(page.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
        self.keep(page, "examples-print")


if __name__ == "__main__":
    browser.main()
