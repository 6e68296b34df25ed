"""The page of an audit: verdicts, search, pages of fifty, what the address remembers."""

import browser


class Audit(browser.PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make("audit")

    def cards(self, page):
        return page.locator(".cards .card")

    def test_it_opens_with_the_first_verdict_that_has_entries(self):
        page = self.open("audit.html")
        self.assertEqual(page.inner_text("h2"), "Ambiguous: 150")
        self.assertIn("The page holds the first 120.", page.inner_text("#explanation"))
        self.assertEqual(page.locator(".filters [aria-current]").inner_text(), "Ambiguous 150")
        colour = page.locator(".filters a").first.evaluate("element => getComputedStyle(element).color")
        self.assertNotIn(colour, ("rgb(0, 0, 238)", "rgb(85, 26, 139)"))  # a browser's own links
        self.keep(page, "audit")

    def test_fifty_are_on_a_page_and_the_next_ones_follow(self):
        page = self.open("audit.html")
        self.assertEqual(self.cards(page).count(), 50)
        self.assertTrue(page.locator("#previous").is_disabled())
        first = page.inner_text(".judged >> nth=0")
        page.click("#next")
        self.assertEqual(page.inner_text("#place"), "51 to 100 of 120")
        self.assertNotEqual(page.inner_text(".judged >> nth=0"), first)
        page.click("#next")
        self.assertEqual(self.cards(page).count(), 20)
        self.assertTrue(page.locator("#next").is_disabled())
        page.click(".filters a:has-text('Hubs')")
        self.assertEqual(self.cards(page).count(), 3)
        self.assertFalse(page.locator(".pages").is_visible())

    def test_the_search_filters_and_escape_empties_it(self):
        page = self.open("audit.html")
        page.fill("#search", "RED circle")
        found = page.inner_text("#found")
        self.assertRegex(found, r"^\d+ of 120$")
        self.assertEqual(self.cards(page).count(), int(found.split()[0]))
        for words in page.locator(".judged").all_inner_texts():
            self.assertIn("red", words)
            self.assertIn("circle", words)
        page.fill("#search", "shape105.jpg")
        self.assertEqual(page.inner_text("#found"), "2 of 120")
        page.fill("#search", "no such words")
        self.assertEqual(self.cards(page).count(), 0)
        self.assertIn("None of these", page.inner_text(".cards"))
        page.press("#search", "Escape")
        self.assertEqual(page.input_value("#search"), "")
        self.assertEqual(self.cards(page).count(), 50)
        page.check("#planted")
        self.assertEqual(page.inner_text("#found"), "12 of 120")

    def test_the_address_leads_back_to_the_same_entries(self):
        page = self.open("audit.html")
        page.fill("#search", "a")
        page.click("#next")
        place = page.evaluate("location.hash")
        words = page.inner_text(".judged >> nth=0")
        page = self.open("audit.html", query=place)
        self.assertEqual(page.inner_text(".judged >> nth=0"), words)
        self.assertEqual(page.input_value("#search"), "a")
        page = self.open("audit.html", query="#hub")
        self.assertEqual(page.inner_text("h2"), "Hubs: 3")
        page = self.open("audit.html", query="#part=none&page=-7&search=%E0%A4%A")
        self.assertEqual(page.inner_text("h2"), "Ambiguous: 150")

    def test_empty_verdicts_twins_and_hostile_captions_are_told(self):
        page = self.open("audit.html", query="#wrong")
        self.assertEqual(page.inner_text(".cards"), "None.")
        page.click(".filters a:has-text('Same caption')")
        self.assertIn("<b>two</b>", page.inner_text(".cards"))
        self.assertEqual(page.locator("main b").count(), 0)
        page.click(".filters a:has-text('Hubs')")
        page.locator("button.enlarge").first.click()
        self.assertTrue(page.locator("dialog.large").is_visible())
        page.keyboard.press("Escape")
        self.assertFalse(page.locator("dialog.large").is_visible())

    def test_it_reads_on_a_phone_and_in_the_dark(self):
        page = self.open("audit.html", size=browser.PHONE)
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 400)
        self.keep(page, "audit-phone")
        page = self.open("audit.html", scheme="dark", query="#twins")
        self.assertEqual(page.evaluate("getComputedStyle(document.body).backgroundColor"), "rgb(20, 23, 27)")
        self.keep(page, "audit-dark")


if __name__ == "__main__":
    browser.main()
