"""The page about a data set: parts that have entries, sample pictures."""

import browser


class Data(browser.PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make("data")

    def test_only_parts_with_entries_are_there_and_linked(self):
        page = self.open("faultless.html")
        self.assertEqual(page.locator("h2").all_inner_texts(), ["Numbers"])
        self.assertEqual(page.locator("nav a").all_inner_texts(), ["Numbers"])
        page = self.open("data.html")
        parts = ["Findings", "Pictures of the data", "Duplicates", "Numbers"]
        self.assertEqual(page.locator("h2").all_inner_texts(), parts)
        self.assertEqual(page.locator("nav a").all_inner_texts(), parts)
        self.keep(page, "data")

    def test_samples_are_whole_pictures_with_captions_that_enlarge(self):
        page = self.open("data.html")
        self.assertEqual(page.locator("#samples figure").count(), 16)
        self.assertEqual(page.inner_text("#samples .what"), "16 of 121 pictures.")
        self.assertIn("a red circle on a green ground", page.inner_text("#samples figure >> nth=0"))
        self.assertEqual(
            page.locator("#samples img").first.evaluate("element => getComputedStyle(element).objectFit"), "contain"
        )
        page.focus("#samples button.enlarge >> nth=0")
        page.keyboard.press("Enter")
        self.assertIn("a red circle on a green ground", page.inner_text("dialog.large"))
        page.keyboard.press("Escape")
        self.assertFalse(page.locator("dialog.large").is_visible())
        self.assertEqual(page.locator("main b").count(), 0)

    def test_it_reads_on_a_phone_and_in_the_dark(self):
        page = self.open("data.html", size=browser.PHONE)
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 400)
        self.keep(page, "data-phone")
        self.keep(self.open("data.html", scheme="dark"), "data-dark")


if __name__ == "__main__":
    browser.main()
