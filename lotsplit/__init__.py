"""lotsplit divides public tender plans into lots that small and medium enterprises can carry."""

__version__ = "0.1.0"
