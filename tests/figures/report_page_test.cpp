#include "tandem/figures/report_page.h"

#include <doctest/doctest.h>

#include "sample_report.h"
#include "svg_text.h"

using namespace tandem;
using tests::occurrences;
using tests::sample_report;

TEST_CASE("the page of a report holds every block, needs no script and asks for nothing") {
  const std::string page = report_page(sample_report());
  for (const char* part :
       {"<h1>Report on &lt;model&gt;</h1>", "<strong>38.4%</strong>", R"(<p class="warning">Numbers are loose.</p>)",
        R"(<a href="#results">Results</a>)", R"(<section id="pairs")", "<dt>Split</dt><dd>test</dd>",
        "<td>12.5<small>11–14</small></td>", R"(<tr class="heading">)", R"(<tr class="soft">)", "<h3>A chart</h3><svg",
        R"(<p class="soft">Soft words.</p>)", R"(<li class="own">)", "1 · 0.43", R"(<div class="cards small">)",
        "made by a test"}) {
    CHECK_MESSAGE(page.find(part) != std::string::npos, part);
  }
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("http://") == std::string::npos);
  CHECK(page.find("https://") == std::string::npos);
  CHECK(page.find("default-src 'none'") != std::string::npos);
}

TEST_CASE("captions and names are text on the page, and a missing picture shows its name") {
  const std::string page = report_page(sample_report());
  CHECK(page.find("</script><b>") == std::string::npos);
  CHECK(page.find("&lt;/script&gt;&lt;b&gt;bold&lt;/b&gt;") != std::string::npos);
  CHECK(occurrences(page, R"(<span class="blank">&lt;gone&gt;.jpg</span>)") == 2);
  CHECK(occurrences(page, "src=\"data:image/jpeg;base64,") == 1);
}
