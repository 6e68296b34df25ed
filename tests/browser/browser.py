"""A headless Chromium for the page tests, and how they skip, run and keep screenshots.

Each test module is a unittest module that ends in `browser.main()`. Where Chromium or Playwright is absent, it prints
"SKIPPED: ..." and ends well, which ctest shows as skipped.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

try:
    from playwright.sync_api import sync_playwright
except ImportError:
    sync_playwright = None

WIDE, PHONE = {"width": 1400, "height": 900}, {"width": 400, "height": 800}
_given = None


class PageTest(unittest.TestCase):
    """One browser for the class; open() gives a page whose errors fail the test."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.playwright = sync_playwright().start()
        cls.chromium = cls.playwright.chromium.launch(
            executable_path=_chromium(), headless=True, args=["--no-sandbox", "--enable-unsafe-swiftshader"]
        )

    @classmethod
    def tearDownClass(cls):
        cls.chromium.close()
        cls.playwright.stop()
        cls.folder.cleanup()

    @classmethod
    def make(cls, *words):
        subprocess.run([_given.sample_pages, *map(str, words), cls.folder.name], check=True)

    def setUp(self):
        self.complaints = []

    def tearDown(self):
        self.assertEqual(self.complaints, [])

    def open(self, name, query="", size=None, scheme="light", **options):
        context = self.chromium.new_context(viewport=size or WIDE, color_scheme=scheme, **options)
        context.set_default_timeout(60_000)
        self.addCleanup(context.close)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        page.on(
            "request",
            lambda asked: (
                asked.url.startswith(("file:", "blob:", "data:")) or self.complaints.append(f"asked for {asked.url}")
            ),
        )
        page.goto(pathlib.Path(self.folder.name, name).as_uri() + query)
        return page

    def wait_until(self, page, condition, seconds=60):
        """Asks again and again from here: Playwright's own waiting evaluates strings inside the
        page, which its content policy forbids."""
        end = time.monotonic() + seconds
        while not page.evaluate(condition):
            self.assertLess(time.monotonic(), end, f"not so after {seconds} s: {condition}")
            page.wait_for_timeout(20)

    def keep(self, page, name):
        folder = pathlib.Path(_given.screenshots)
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png")
        print(f"screenshot: {folder / name}.png")


def _chromium():
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def main():
    global _given
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample-pages", required=True, help="the program that writes the pages")
    parser.add_argument("--screenshots", required=True, help="folder to keep screenshots in")
    _given, rest = parser.parse_known_args()
    for missing, name in (
        (sync_playwright is None, "playwright (requirements-test.txt)"),
        (_chromium() is None, "chromium"),
    ):
        if missing:
            print(f"SKIPPED: {name} is not there")
            return
    unittest.main(argv=[sys.argv[0], "-v", *rest])
