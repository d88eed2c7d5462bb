"""Townships and everything that keeps them apart: divisions, tenants, places, work calendar, scope, provisioning."""
