"""The page of a search: the grid, enlarging, several queries, a phone, the dark."""

import browser


class Search(browser.PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make("search")

    def test_hits_stand_in_order_with_rank_similarity_and_caption(self):
        page = self.open("search.html")
        hits = page.locator("#query-1 .hits li")
        self.assertEqual(hits.count(), 12)
        self.assertEqual(hits.nth(0).locator(".rank").inner_text(), "#1")
        values = [float(text.split()[-1]) for text in page.locator("#query-1 .similarity").all_inner_texts()]
        self.assertEqual(values, sorted(values, reverse=True))
        self.assertEqual(page.locator("#query-1 h2").inner_text(), "a red circle")
        self.keep(page, "search")

    def test_a_click_enlarges_and_keys_go_on(self):
        page = self.open("search.html")
        large = page.locator("#large")
        self.assertFalse(large.is_visible())
        page.click("#query-1 .hits li:nth-child(2) .open")
        self.assertTrue(large.is_visible())
        self.assertEqual(large.locator(".rank").inner_text(), "#2")
        page.keyboard.press("ArrowRight")
        self.assertEqual(large.locator(".rank").inner_text(), "#3")
        large.locator(".previous").click()
        large.locator(".previous").click()
        self.assertEqual(large.locator(".rank").inner_text(), "#1")
        self.assertTrue(large.locator(".previous").is_disabled())
        self.keep(page, "search-large")
        page.keyboard.press("Escape")
        self.assertFalse(large.is_visible())

    def test_several_queries_are_linked_and_a_picture_can_ask(self):
        page = self.open("search.html")
        self.assertEqual(page.locator(".queries a").count(), 3)
        page.click(".queries a:nth-child(2)")
        self.assertTrue(page.url.endswith("#query-2"))
        self.assertEqual(page.locator("#query-2 .asked img").count(), 1)

    def test_hostile_words_are_text(self):
        page = self.open("search.html")
        self.assertEqual(page.locator("main b").count(), 0)
        self.assertIn("</script><b>", page.locator("#query-3 h2").inner_text())
        self.assertEqual(page.locator("#query-3 .blank").count(), 1)

    def test_it_fits_a_phone_and_the_dark(self):
        page = self.open("search.html", size=browser.PHONE)
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 400)
        self.keep(page, "search-phone")
        page.click("#query-1 .hits li:nth-child(1) .open")
        box = page.locator("#large").bounding_box()
        self.assertLessEqual(box["x"] + box["width"], 400)
        self.assertLessEqual(box["y"] + box["height"], 800)
        self.keep(page, "search-phone-large")
        page = self.open("search.html", scheme="dark")
        self.keep(page, "search-dark")


if __name__ == "__main__":
    browser.main()
