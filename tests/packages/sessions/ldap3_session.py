# packages: ldap3==2.9.1 pyasn1==0.6.5
"""ldap3: its simulated server: bind, add, search, modify."""
import ldap3

server = ldap3.Server("here", get_info=ldap3.OFFLINE_SLAPD_2_4)
connection = ldap3.Connection(server, "cn=admin,o=test", "secret", client_strategy=ldap3.MOCK_SYNC)
connection.strategy.add_entry("cn=admin,o=test", {"userPassword": "secret", "sn": "admin"})
print(connection.bind())
print(connection.add("cn=a,o=test", "inetOrgPerson", {"sn": "first"}))
print(connection.search("o=test", "(sn=first)", attributes=["sn"]), connection.entries[0].sn.value)
print(connection.modify("cn=a,o=test", {"sn": [(ldap3.MODIFY_REPLACE, ["second"])]}))
