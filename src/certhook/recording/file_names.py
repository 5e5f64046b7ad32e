"""What a run leaves in its output folder, by name."""

JOURNAL_NAME = "journal.ndjson"
RESULT_NAME = "result.json"
CERTIFICATE_NAME = "certificate.json"
HAR_NAME = "exchanges.har"
JUNIT_NAME = "junit.xml"
PAGE_NAME = "report.html"
PYTEST_LOG_NAME = "pytest.log"
ALLURE_RESULTS_NAME = "allure-results"
ALLURE_REPORT_NAME = "allure-report"

OUTPUTS = (
    JOURNAL_NAME,
    RESULT_NAME,
    CERTIFICATE_NAME,
    HAR_NAME,
    JUNIT_NAME,
    PAGE_NAME,
    PYTEST_LOG_NAME,
    ALLURE_RESULTS_NAME,
    ALLURE_REPORT_NAME,
)
"""All of it but for kept examples: what the next run into the same folder takes away first."""
