PRAGMA application_id = 1836282989;
PRAGMA user_version = 1;
CREATE TABLE "doc_1_people"(_id TEXT NOT NULL PRIMARY KEY, _version INTEGER NOT NULL, _json TEXT NOT NULL, "Name" GENERATED ALWAYS AS (CASE json_type(_json,'$."Name"') WHEN 'array' THEN NULL WHEN 'object' THEN NULL ELSE json_extract(_json,'$."Name"') END) VIRTUAL, "age" GENERATED ALWAYS AS (CASE json_type(_json,'$."age"') WHEN 'array' THEN NULL WHEN 'object' THEN NULL ELSE json_extract(_json,'$."age"') END) VIRTUAL, "home.city" GENERATED ALWAYS AS (CASE json_type(_json,'$."home"."city"') WHEN 'array' THEN NULL WHEN 'object' THEN NULL ELSE json_extract(_json,'$."home"."city"') END) VIRTUAL, "mail" GENERATED ALWAYS AS (CASE json_type(_json,'$."mail"') WHEN 'array' THEN NULL WHEN 'object' THEN NULL ELSE json_extract(_json,'$."mail"') END) VIRTUAL) WITHOUT ROWID;
INSERT INTO doc_1_people(_id,_version,_json) VALUES('ada',1,'{"Name":"Ada","age":36,"home":{"city":"London"},"mail":"a@x"}');
INSERT INTO doc_1_people(_id,_version,_json) VALUES('böb',1,'{"Name":"B\u00f6b","age":1.5,"home":null,"tags":[1,"two"]}');
CREATE TABLE "doc_1_towns"(_id TEXT NOT NULL PRIMARY KEY, _version INTEGER NOT NULL, _json TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO doc_1_towns(_id,_version,_json) VALUES('London',1,'{"people":1}');
CREATE TABLE "doc_2_people"(_id TEXT NOT NULL PRIMARY KEY, _version INTEGER NOT NULL, _json TEXT NOT NULL, "Name" GENERATED ALWAYS AS (CASE json_type(_json,'$."Name"') WHEN 'array' THEN NULL WHEN 'object' THEN NULL ELSE json_extract(_json,'$."Name"') END) VIRTUAL, "age" GENERATED ALWAYS AS (CASE json_type(_json,'$."age"') WHEN 'array' THEN NULL WHEN 'object' THEN NULL ELSE json_extract(_json,'$."age"') END) VIRTUAL, "home.city" GENERATED ALWAYS AS (CASE json_type(_json,'$."home"."city"') WHEN 'array' THEN NULL WHEN 'object' THEN NULL ELSE json_extract(_json,'$."home"."city"') END) VIRTUAL, "mail" GENERATED ALWAYS AS (CASE json_type(_json,'$."mail"') WHEN 'array' THEN NULL WHEN 'object' THEN NULL ELSE json_extract(_json,'$."mail"') END) VIRTUAL) WITHOUT ROWID;
CREATE TABLE "doc_2_towns"(_id TEXT NOT NULL PRIMARY KEY, _version INTEGER NOT NULL, _json TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE mainstem_builds(
    projection INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    version INTEGER NOT NULL,
    definition TEXT NOT NULL,
    serving INTEGER NOT NULL,
    position INTEGER NOT NULL,
    failure TEXT NOT NULL,
    PRIMARY KEY(projection, generation)) WITHOUT ROWID;
INSERT INTO mainstem_builds(projection,generation,version,definition,serving,position,failure) VALUES(1,1,1,'name = "people"
',1,1,'');
INSERT INTO mainstem_builds(projection,generation,version,definition,serving,position,failure) VALUES(1,2,2,'name = "people"
',0,0,'no number');
CREATE TABLE mainstem_collections(
    name TEXT NOT NULL,
    generation INTEGER NOT NULL,
    projection INTEGER NOT NULL,
    place INTEGER NOT NULL,
    declaration TEXT NOT NULL,
    PRIMARY KEY(name, generation)) WITHOUT ROWID;
INSERT INTO mainstem_collections(name,generation,projection,place,declaration) VALUES('people',1,1,0,'{"name":"people","indexes":[{"name":"by_age","fields":["age"]},{"name":"by_place","fields":["home.city","age"]},{"name":"by_mail","fields":["mail"],"unique":true,"where":"mail exists"}],"fields":["Name"]}');
INSERT INTO mainstem_collections(name,generation,projection,place,declaration) VALUES('people',2,1,0,'{"name":"people","indexes":[{"name":"by_age","fields":["age"]},{"name":"by_place","fields":["home.city","age"]},{"name":"by_mail","fields":["mail"],"unique":true,"where":"mail exists"}],"fields":["Name"]}');
INSERT INTO mainstem_collections(name,generation,projection,place,declaration) VALUES('towns',1,1,1,'{"name":"towns"}');
INSERT INTO mainstem_collections(name,generation,projection,place,declaration) VALUES('towns',2,1,1,'{"name":"towns"}');
CREATE TABLE mainstem_dead_letters(
    projection INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    position INTEGER NOT NULL,
    error TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY(projection, generation, position)) WITHOUT ROWID;
INSERT INTO mainstem_dead_letters(projection,generation,position,error,at) VALUES(1,1,1,'it is
''wrong''',3600000000);
CREATE TABLE mainstem_projections(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    epoch INTEGER NOT NULL,
    generations INTEGER NOT NULL,
    wish TEXT NOT NULL);
INSERT INTO mainstem_projections(id,name,epoch,generations,wish) VALUES(1,'people',1,2,'pause');
CREATE INDEX "ix_1_people_by_age" ON "doc_1_people"("age");
CREATE UNIQUE INDEX "ix_1_people_by_mail" ON "doc_1_people"("mail") WHERE ifnull(json_type(_json,'$."mail"'),'null') <> 'null';
CREATE INDEX "ix_1_people_by_place" ON "doc_1_people"("home.city","age");
CREATE INDEX "ix_2_people_by_age" ON "doc_2_people"("age");
CREATE UNIQUE INDEX "ix_2_people_by_mail" ON "doc_2_people"("mail") WHERE ifnull(json_type(_json,'$."mail"'),'null') <> 'null';
CREATE INDEX "ix_2_people_by_place" ON "doc_2_people"("home.city","age");
CREATE VIEW "people" AS SELECT * FROM "doc_1_people";
CREATE VIEW "towns" AS SELECT * FROM "doc_1_towns";
