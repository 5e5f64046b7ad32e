"""The Allure report of a finished run: its allure-results, made a page by Allure 3.

    node           Node.js, from PyPI
    installation   Allure, from the npm registry that this machine is set to use, once per user
    configuration  what Allure is told: verdict, groups, categories, charts
    history        the runs before, for the trends
    page           Allure's page, with what it would load from outside taken away
    making         all of it together

The page is one file, and loads nothing from anywhere.
"""

from certhook.reporting.allure_report.making import write_allure_report

__all__ = ["write_allure_report"]
