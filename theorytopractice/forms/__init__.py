"""How do planners fill in who does what until when, and how it will be known? The workbench, in a notebook or on a page."""

from theorytopractice.forms.router import Workbench, workbench

__all__ = ["Workbench", "workbench"]
