from .widget import Workbench as Workbench
from .widget import workbench as workbench
